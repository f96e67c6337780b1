import { describe, expect, test } from 'vitest'
import type { Node } from '../../source/node.ts'
import { readSource } from '../../source/read.ts'
import { readStepflowConfig } from './config.ts'

function read(text: string, env = {}) {
  const source = { text, file: 'stepflow-config.yml' }
  const { root, problems } = readSource(source)
  expect(problems).toEqual([])
  return readStepflowConfig(root as Node, source, env)
}

/** Each problem as `CODE "what it marks"`; an error has a `!`. */
function marked(text: string): readonly string[] {
  return read(text).problems.map(
    ({ code, severity, span }) => `${severity === 'error' ? '!' : ''}${code} ${text.slice(span?.start, span?.end)}`,
  )
}

test('a configuration of every kind is read', () => {
  const { settings, problems } = read(`
plugins:
  builtin: { type: builtin }
  mine: { type: module, path: ./components.ts }
  mocks:
    type: mock
    components:
      /greet:
        input_schema: { type: object }
        behaviors:
          { name: Ada }: { outcome: success, result: { text: hello } }
          ? name: Bob
          : { outcome: failed, error: { code: 8, message: gone, data: { n: 1 } } }
          7: { outcome: skipped, reason: odd }
          text: { error: broken }
routes:
  /python:
    - { plugin: mine, conditions: [{ path: $.kind, value: fast }], componentAllow: [/udf], componentDeny: /old }
    - { plugin: mocks }
  "/builtin/{component}": [{ plugin: builtin }]
  "/{*component}": [{ plugin: mocks }]
  /: [{ plugin: mocks }]
retry: { transportMaxRetries: 0, backoff: { type: exponential, minDelayMs: 10, maxDelayMs: 500, factor: 1.5 } }
workingDirectory: ./files
storageConfig: { type: sqlite }
`)
  expect(problems).toEqual([])
  expect(settings).toMatchObject({
    plugins: [
      { name: 'builtin', plugin: { kind: 'builtin' } },
      { name: 'mine', plugin: { kind: 'module', path: './components.ts' } },
      {
        name: 'mocks',
        plugin: {
          kind: 'mock',
          components: [
            {
              path: '/greet',
              behaviors: [
                { input: { name: 'Ada' }, answer: { outcome: 'success', result: { text: 'hello' } } },
                {
                  input: { name: 'Bob' },
                  answer: { outcome: 'failed', error: { code: 'COMPONENT_FAILED', message: 'gone', data: { n: 1 } } },
                },
                { input: 7, answer: { outcome: 'skipped', reason: 'odd' } },
                {
                  input: 'text',
                  answer: { outcome: 'failed', error: { code: 'COMPONENT_FAILED', message: 'broken' } },
                },
              ],
            },
          ],
        },
      },
    ],
    routes: [
      {
        kind: 'prefix',
        path: '/python',
        rules: [
          {
            plugin: 'mine',
            conditions: [{ at: { paths: [['kind']], text: '$.kind' }, value: 'fast' }],
            allow: ['/udf'],
            deny: ['/old'],
          },
          { plugin: 'mocks', conditions: [], allow: null, deny: [] },
        ],
      },
      { kind: 'pattern', path: '/builtin/{component}', rules: [{ plugin: 'builtin' }] },
      { kind: 'pattern', path: '/{*component}', rules: [{ plugin: 'mocks' }] },
      { kind: 'prefix', path: '/', rules: [{ plugin: 'mocks' }] },
    ],
    transportRetriesMax: 0,
    backoff: { kind: 'exponential', delayMs: 10, delayMsMax: 500, factor: 1.5, jitter: 0.1 },
    workingDirectory: './files',
  })
})

test('what is not said is null', () => {
  expect(read('plugins: {}').settings).toEqual({
    plugins: [],
    routes: [],
    transportRetriesMax: null,
    backoff: null,
    workingDirectory: null,
  })
})

describe('the environment', () => {
  const env = { DIR: '/data', EMPTY: '', N: '5' }
  test.each([
    ['${DIR}', '/data'],
    ['${DIR}/flows/${DIR:-x}', '/data/flows//data'],
    ['${UNSET:-/tmp}', '/tmp'],
    ['${EMPTY:-/tmp}', '/tmp'],
    ['${UNSET:-}', ''],
    ['$DIR', '$DIR'],
  ])('"%s" is "%s"', (text, value) => {
    const { settings, problems } = read(`workingDirectory: "${text}"`, env)
    expect(problems).toEqual([])
    expect(settings.workingDirectory).toBe(value)
  })

  test('an unquoted text is typed after its variables were put in', () => {
    expect(read('retry: { transportMaxRetries: "${N}" }', env).problems).toMatchObject([{ code: 'WRONG_TYPE' }])
    expect(read('retry:\n  transportMaxRetries: ${N}', env).settings.transportRetriesMax).toBe(5)
    expect(read('retry:\n  transportMaxRetries: ${M:-7}', env).settings.transportRetriesMax).toBe(7)
  })

  test('a variable that is not set is named', () => {
    expect(read('workingDirectory: ${toString}', env).problems).toMatchObject([
      { code: 'UNSET_ENVIRONMENT', message: 'Cannot find the environment variable toString' },
    ])
  })
})

describe('what is wrong is told', () => {
  test.each([
    ['[]', ['!WRONG_TYPE []']],
    ['pluginz: {}', ['UNKNOWN_KEY pluginz']],
    ['plugins: { p: { type: nats } }\nroutes: { /p: [{ plugin: p }] }', ['UNSUPPORTED_PLUGIN nats']],
    ['plugins: { p: {} }', ['!MISSING_KEY p']],
    ['plugins: { p: { type: module } }', ['!MISSING_KEY p']],
    [
      'plugins: { p: { type: mock, components: { /a: { behaviors: { x: {} } } } } }\nroutes: { /: [{ plugin: p }] }',
      ['!WRONG_TYPE x'],
    ],
    ['plugins: { p: { type: mock } }', ['UNUSED_PLUGIN p']],
    ['routes: { /p: [{ plugin: p }] }', ['!INVALID_ROUTE_REFERENCE p']],
    ['routes: { /p: { plugin: p } }', ['!WRONG_TYPE { plugin: p }']],
    ['routes: { /p: [{}] }', ['!MISSING_KEY {}']],
    ['routes: { /a/b: [], p: [], "/{x": [] }', ['!INVALID_ROUTE /a/b', '!INVALID_ROUTE p', '!INVALID_ROUTE "/{x"']],
    [
      'plugins: { b: { type: builtin } }\nroutes: { /: [{ plugin: b, conditions: [{ path: x }] }] }',
      ['!MISSING_KEY { path: x }'],
    ],
    ['retry: { transportMaxRetries: -1 }', ['!WRONG_TYPE -1']],
    ['retry: { backoff: { type: random } }', ['!WRONG_TYPE random']],
  ])('%s', (text, problems) => {
    expect(marked(text)).toEqual(problems)
  })
})
