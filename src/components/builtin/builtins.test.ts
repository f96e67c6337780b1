// The built-in components through their one door; those that run flows have a test of their own beside this.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createHttpClient } from '../../net/client.ts'
import { ask, componentSuite } from '../component.suite.ts'
import type { Components } from '../component.ts'
import { createBuiltins } from './builtins.ts'
import { compile, errorOf, flow, outputOf, readYaml, run, world } from './builtins.world.ts'

const rootDir = mkdtempSync(join(tmpdir(), 'builtin-'))
afterAll(() => rmSync(rootDir, { recursive: true }))
const files: Readonly<Record<string, string | Uint8Array>> = {
  'a.json': '{"a":[1,2.0]}',
  'broken.json': '{"a":',
  'b.yml': 'b: 1',
  'B.YAML': 'b: 1',
  'broken.yaml': '{',
  'c.txt': '\uFEFFtext',
  'd.bin': Uint8Array.of(0xff, 0xfe, 0x00),
}
for (const [name, content] of Object.entries(files)) writeFileSync(join(rootDir, name), content)

componentSuite('built-in components', () => {
  const builtins = createBuiltins({
    compile,
    blobs: { put: () => {}, get: () => null },
    http: createHttpClient({ allow: ['203.0.113.1:80'], connect: () => new Socket() }),
    rootDir,
    readYaml,
    askModel: () => Promise.reject(new Error('nobody is there')),
    runCode: () => Promise.reject(new Error('nothing runs here')),
    env: {},
  })
  const components: Components = { find: (path) => builtins.get(path) ?? null, list: () => builtins }
  return {
    components,
    succeed: [
      { path: '/builtin/noop', input: { a: [1, null] }, output: { a: [1, null] } },
      {
        path: '/builtin/map',
        input: { flow, items: [] },
        output: { results: [], successful: 0, failed: 0, skipped: 0 },
      },
      {
        path: '/builtin/create_messages',
        input: { user_prompt: 'hi' },
        output: { messages: [{ role: 'user', content: 'hi' }] },
      },
      {
        path: '/builtin/iterate',
        input: { flow, initial_input: 1, max_iterations: 0 },
        output: { result: 1, iterations: 0, terminated: true },
      },
      {
        path: '/builtin/load_file',
        input: { path: 'a.json' },
        output: { data: { a: [1, 2] }, metadata: { resolved_path: 'a.json', size_bytes: 13, format: 'json' } },
      },
    ],
    fail: [
      { path: '/builtin/eval', input: null, code: 'INVALID_INPUT' },
      { path: '/builtin/map', input: { flow: 1, items: [1] }, code: 'INVALID_INPUT' },
      { path: '/builtin/get_blob', input: { blob_id: '0'.repeat(64) }, code: 'RESOURCE_UNAVAILABLE' },
      { path: '/builtin/load_file', input: { path: '../a.json' }, code: 'INVALID_INPUT' },
      { path: '/builtin/http/get', input: { url: 'http://127.0.0.1/' }, code: 'ADDRESS_REFUSED' },
    ],
    hang: [{ path: '/builtin/http/get', input: { url: 'http://203.0.113.1/' } }],
  }
})

describe('every built-in component', () => {
  const paths = [
    'eval',
    'map',
    'iterate',
    'put_blob',
    'get_blob',
    'load_file',
    'create_messages',
    'sleep',
    'http/get',
    'http/post',
    'http/request',
  ]

  test.each(paths)('%s says what is wrong with an input that is no mapping', async (path) => {
    expect(errorOf(await run(path, [1]))).toMatch(
      /^INVALID_INPUT: Cannot use a list as the input: expected a mapping with "/,
    )
  })

  test('describes itself and each field of its input', async () => {
    for (const path of paths) {
      const found = world().find(path)
      const { input, description, checksInput } = (await found?.load?.()) ?? found ?? {}
      expect([description, checksInput]).toEqual([expect.stringMatching(/^[A-Z]/), true])
      expect(JSON.stringify(input).match(/"description"/g)?.length).toBeGreaterThan(0)
    }
  })

  test.each([
    ['map', { flow, items: 'x' }, 'Cannot use text as "items" of the input: expected a list'],
    ['map', { flow }, 'Cannot find "items" in the input: expected a list'],
    [
      'map',
      { flow, items: [], max_concurrency: 0 },
      'Cannot use 0 as "max_concurrency" of the input: expected a whole number from 1 to 1024',
    ],
    [
      'iterate',
      { flow, max_iterations: 1.5 },
      'Cannot use 1.5 as "max_iterations" of the input: expected a whole number from 0 to 1000000',
    ],
    [
      'put_blob',
      { data: 1, blob_type: 'x' },
      'Cannot use text as "blob_type" of the input: expected one of data, flow, binary',
    ],
    ['put_blob', {}, 'Cannot find "data" in the input: expected any value'],
    ['create_messages', {}, 'Cannot find "user_prompt" in the input: expected text'],
  ])('%s %j: %s', async (path, input, message) => {
    expect(errorOf(await run(path, input))).toBe(`INVALID_INPUT: ${message}`)
  })
})

describe('blobs', () => {
  const data = { message: 'Hello, blobs!', number: 42, nested: { array: [1, 2, 3], boolean: true } }
  const id = '868591347a854ba1d0f4875b2dd44e1e8335052af03725a9819f89e0142318b0'

  test('have the SHA-256 of their compact JSON as their id, whatever their type', async () => {
    const { find, blobs } = world()
    const types = [{}, { blob_type: 'data' }, { blob_type: 'flow' }, { blob_type: 'binary' }, { blob_type: null }]
    for (const type of types) expect(outputOf(await ask(find('put_blob'), { data, ...type }))).toEqual({ blob_id: id })
    expect([...blobs]).toEqual([[id, JSON.stringify(data)]])
  })

  test('come back as they were', async () => {
    const { find } = world()
    for (const value of [data, null, 'text', 0, [], { ['__proto__']: 1 }]) {
      const stored = outputOf(await ask(find('put_blob'), { data: value })) as { blob_id: string }
      expect(outputOf(await ask(find('get_blob'), stored))).toEqual({ data: value })
    }
  })

  test.each(['', 'x', `sha256:${id}`, id.toUpperCase(), `${id}0`, '../x'])('%j is no id', async (blobId) => {
    expect(errorOf(await run('get_blob', { blob_id: blobId }))).toMatch(
      /^INVALID_INPUT: Cannot use ".*" as the id of a blob/,
    )
  })
})

describe('load_file', () => {
  test.each([
    [{ path: 'a.json' }, { a: [1, 2] }, 'json'],
    [{ path: './a.json', format: 'text' }, '{"a":[1,2.0]}', 'text'],
    [{ path: 'a.json', format: 'yaml' }, { a: [1, 2] }, 'yaml'],
    [{ path: 'b.yml' }, { b: 1 }, 'yaml'],
    [{ path: 'B.YAML' }, { b: 1 }, 'yaml'],
    [{ path: 'c.txt' }, 'text', 'text'],
    [{ path: 'broken.json', format: 'text' }, '{"a":', 'text'],
  ])('%j is read', async (input, data, format) => {
    expect(outputOf(await ask(world({ rootDir }).find('load_file'), input))).toMatchObject({
      data,
      metadata: { format },
    })
  })

  test('tells the path below the working folder and the size', async () => {
    expect(outputOf(await ask(world({ rootDir }).find('load_file'), { path: './/c.txt' }))).toEqual({
      data: 'text',
      metadata: { resolved_path: 'c.txt', size_bytes: 7, format: 'text' },
    })
  })

  test.each([
    ['../x', 'INVALID_INPUT: Cannot load the file "../x": it is not a relative path without ".." and backslashes'],
    [
      '/etc/passwd',
      'INVALID_INPUT: Cannot load the file "/etc/passwd": it is not a relative path without ".." and backslashes',
    ],
    ['none.json', 'RESOURCE_UNAVAILABLE: Cannot load the file "none.json": there is no such file'],
    ['.', 'RESOURCE_UNAVAILABLE: Cannot load the file ".": it is not a file'],
    [
      'broken.json',
      'COMPONENT_FAILED: Cannot load the file "broken.json": it is not JSON: Unexpected end of JSON input',
    ],
    [
      'broken.yaml',
      'COMPONENT_FAILED: Cannot load the file "broken.yaml": Cannot find the end of a quote or bracket on line 1',
    ],
    ['d.bin', 'COMPONENT_FAILED: Cannot load the file "d.bin": it is not UTF-8 text'],
  ])('%s: %s', async (path, message) =>
    expect(errorOf(await ask(world({ rootDir }).find('load_file'), { path }))).toBe(message),
  )
})

test('create_messages puts the system before the user', async () => {
  expect(outputOf(await run('create_messages', { user_prompt: 'u', system_instructions: 's' }))).toEqual({
    messages: [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
    ],
  })
})

describe('sleep', () => {
  const nowMs = Date.parse('2026-11-24T09:00:00Z')
  test.each([
    [{ duration_ms: 500.0 }, nowMs + 500, { duration_ms: 500 }],
    [{ duration_ms: 0, passthrough: { a: 1 } }, nowMs, { duration_ms: 0, passthrough: { a: 1 } }],
    [{ until: '2026-11-24T10:00:00.5+01:00' }, nowMs + 500, { duration_ms: 500 }],
    [{ until: nowMs + 7 }, nowMs + 7, { duration_ms: 7 }],
    [{ until: '2020-01-01T00:00Z' }, Date.parse('2020-01-01'), { duration_ms: 0 }],
  ])('%j waits', async (input, untilMs, output) => {
    expect(await run('sleep', input, { nowMs })).toEqual({ kind: 'answer', answer: { kind: 'wait', untilMs, output } })
  })

  test.each([
    [{}, /either "duration_ms" or "until"$/],
    [{ duration_ms: 1, until: 1 }, /either "duration_ms" or "until"$/],
    [{ duration_ms: -1 }, /^Cannot use -1 as "duration_ms"/],
    [{ duration_ms: 1e12 }, /^Cannot use 1000000000000 as "duration_ms"/],
    [{ until: 'tomorrow' }, /^Cannot wait until "tomorrow": expected a time such as/],
    [{ until: '2026-11-24' }, /expected a time such as/],
    [{ until: '2026-11-24T09:00:00' }, /expected a time such as/],
    [{ until: '2026-13-01T09:00:00Z' }, /expected a time such as/],
    [{ until: true }, /expected a time such as/],
    [{ until: '2999-01-01T00:00:00Z' }, /that is more than waitMsMax, a year, away$/],
  ])('%j does not', async (input, message) => {
    const asked = await run('sleep', input, { nowMs })
    expect(asked).toMatchObject({
      kind: 'failed',
      error: { code: 'INVALID_INPUT', message: expect.stringMatching(message) },
    })
  })
})
