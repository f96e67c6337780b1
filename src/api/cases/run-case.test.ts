// Cases that are not as expected say what was.
import { describe, expect, test } from 'vitest'
import { parts } from '../../parts.ts'
import type { Host } from '../operation.ts'
import { readCases } from './read-cases.ts'
import { runCase } from './run-case.ts'

/** What a case of this text says; it has the name of a case, a flow and stubs already. */
async function faultsOf(text: string): Promise<readonly string[]> {
  const host: Host = { parts, cwd: '/', env: {}, readStdin: () => Promise.resolve(text) }
  const [one] = await readCases({ file: '-', isInFolder: false }, host)
  if (one === undefined) return ['no case']
  return 'broken' in one ? [one.broken] : runCase(one, { config: null, components: [] }, null, host)
}

const flow = `
name: three steps
flow:
  steps:
    - { id: a, component: /a }
    - { id: b, component: /b, input: { $from: { step: a } } }
    - { id: c, component: /b, skipIf: { $from: { step: a }, path: $.isDone } }
  output: { $from: { step: b } }
stubs: { components: { /a: [{ output: { n: 1, isDone: true } }], /b: [{ output: [1, { x: 2, y: 3 }] }] } }
`

test('a case that is as expected has no faults: mappings are matched in part, lists item by item', async () => {
  expect(
    await faultsOf(`${flow}
expect:
  outcome: success
  result: [1, { x: 2 }]
  steps:
    a: success
    b: { status: success, input: { n: 1 }, attempts: 1 }
    c: { status: skipped, cause: condition-false }
  order: [[a, b]]
  warnings: []
  problems: []
`),
  ).toEqual([])
})

describe('what is not as expected is told with its place', () => {
  test.for([
    ['outcome: failed', 'outcome: expected "failed", got "success"'],
    ['result: [1]', 'result: expected 1 items, got 2: [1,{"x":2,"y":3}]'],
    ['result: [1, { x: 3 }]', 'result[1].x: expected 3, got 2'],
    ['result: [1, { z: 0 }]', 'result[1].z: expected 0, got nothing'],
    ['steps: { b: skipped }', 'steps.b.status: expected "skipped", got "success"'],
    ['steps: { c: { cause: not-needed } }', 'steps.c.cause.kind: expected "not-needed", got "condition-false"'],
    ['steps: { d: success }', 'steps.d: the flow has no such step'],
    ['order: [[b, a]]', 'order: b did not end before a started'],
    ['together: [[a, b]]', 'together: a and b did not run at the same time'],
    ['warnings: [SOMETHING]', 'warnings: expected {"code":"SOMETHING"}, got []'],
    ['hides: ["isDone"]', 'hides: "isDone" is shown'],
    ['problems: [{ code: SOMETHING }]', 'problems: expected {"code":"SOMETHING"}, got []'],
  ])('%s', async ([expectation = '', fault]) => {
    expect(await faultsOf(`${flow}\nexpect: { ${expectation} }`)).toEqual([fault])
  })
})

describe('a case says with what its flow runs', () => {
  const echo = 'name: a\nflow: { steps: [{ id: a, component: /say, input: 1 }], output: { $step: a } }\n'
  const config = `
config:
  plugins: { mine: { type: mock, components: { /say: { behaviors: { 1: { outcome: success, result: one } } } } } }
  routes: { /: [{ plugin: mine }] }
`
  test.for([
    [`${config}expect: { result: one }`, []],
    [`${config}overrides: { steps: { a: { value: { input: 2 } } } }\nexpect: { error: { code: NO_BEHAVIOR } }`, []],
    ['overrides: { steps: { b: { value: {} } } }\nexpect: { problems: [UNDEFINED_STEP_REFERENCE] }', []],
    ['config: missing.yml\nexpect: { problems: [UNREADABLE_FILE] }', []],
    [
      `${config}inputs: [1, 2]\nexpect: { outcomes: [{ result: one }, { result: two }] }`,
      ['outcomes[1].result: expected "two", got "one"'],
    ],
  ] as const)('%s', async ([text, faults]) => {
    expect(await faultsOf(`${echo}${text}`)).toEqual(faults)
  })
})

test('a case of a flow that has no output fails, and shows what came out', async () => {
  const text = 'steps: []\noutput: { $input: n }\ntest: { cases: [{ name: a, input: { n: 7 } }] }'
  expect(await faultsOf(text)).toEqual(['the case has no output to compare with: {"outcome":"success","result":7}'])
})

test('the cases of a flow show the rule that the flow names', async () => {
  const text = 'x-rule: H 1\nsteps: []\noutput: 1\ntest: { cases: [{ name: a, input: 1 }] }'
  const host: Host = { parts, cwd: '/', env: {}, readStdin: () => Promise.resolve(text) }
  expect(await readCases({ file: '-', isInFolder: false }, host)).toMatchObject([{ name: 'a', rules: ['H 1'] }])
})

test('a flow that cannot run says why, unless just that was expected', async () => {
  const broken = 'name: broken\nflow: |\n  steps:\n    - { id: a, component: /builtin/noop, input: { $step: b } }\n'
  expect(await faultsOf(broken)).toEqual([expect.stringContaining('UNDEFINED_STEP_REFERENCE, line 2')])
  expect(await faultsOf(`${broken}\nexpect: { problems: [{ code: UNDEFINED_STEP_REFERENCE, line: 2 }] }`)).toEqual([])
  expect(await faultsOf(`${broken}\nexpect: { outcome: success }`)).toHaveLength(1)
  const both = 'expect: { problems: [UNDEFINED_STEP_REFERENCE], steps: { a: success } }'
  expect(await faultsOf(`${broken}\n${both}`)).toHaveLength(1)
})

test.for([
  ['name: a\nflow: {}\nexpects: {}', 'Cannot use the key "expects"'],
  ['name: a\nflow: {}\nexpect: { results: 1 }', 'Cannot use "expect.results"'],
  ['name: a\nflow: {}\nexpect: { order: [a, b] }', 'expect.order'],
  ['name: a\nflow: {}\ninputs: [1]', 'Cannot use "inputs" without'],
  ['name: a\nflow: {}\nexpect: { hides: 1 }', 'expect.hides'],
  ['{ steps: [] }', 'Cannot find a case'],
  ['name: [', 'Cannot'],
])('a case that cannot be tried says why: %s', async ([text = '', fault]) => {
  expect(await faultsOf(text)).toEqual([expect.stringContaining(fault ?? '')])
})
