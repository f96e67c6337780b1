import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import { child, type Node } from '../../source/node.ts'
import { readSource } from '../../source/read.ts'
import { toJson } from '../../source/to-json.ts'
import { applyOverrides } from './overrides.ts'
import { stepflow } from './stepflow.ts'

const text = `steps:
  - { id: a, component: /x, input: { k: 1, l: [1, 2], m: { n: 1, o: 2 } } }
  - { id: b, component: /y, on_error: { action: skip } }
output: { $step: a }
`
const root = readSource({ text, file: null }).root as Node
const stepsAfter = (overrides: Json) => {
  const { root: patched, problems } = applyOverrides(root, overrides)
  expect(problems).toEqual([])
  return toJson(child(patched, 'steps') as Node)
}
const b = { id: 'b', component: '/y', on_error: { action: 'skip' } }

test('mappings merge, lists and texts replace, null deletes', () => {
  const value = { component: '/z', input: { k: null, l: [3], m: { n: { deep: null, kept: 1 } }, p: 4 }, timeout: '5s' }
  expect(stepsAfter({ steps: { a: { $type: 'merge_patch', value } } })).toEqual([
    { id: 'a', component: '/z', input: { l: [3], m: { n: { kept: 1 }, o: 2 }, p: 4 }, timeout: '5s' },
    b,
  ])
})

test('the patched flow is another tree', () => {
  stepsAfter({ steps: { a: { value: { input: null } } } })
  expect(toJson(root)).toEqual(toJson(readSource({ text, file: null }).root as Node))
})

test('a key is patched in whatever spelling the step has it', () => {
  expect(stepsAfter({ steps: { b: { value: { onError: { action: 'fail' } } } } })).toMatchObject([
    {},
    { on_error: { action: 'fail' } },
  ])
})

test('nothing changes where there is nothing to change', () => {
  expect(stepsAfter({ steps: {} })).toEqual(toJson(child(root, 'steps') as Node))
})

describe('what cannot be applied is told, and nothing is', () => {
  test.each<[string, Json, string]>([
    ['no steps', { a: { value: {} } }, 'INVALID_OVERRIDE'],
    ['a step that is not there', { steps: { c: { value: {} } } }, 'UNDEFINED_STEP_REFERENCE'],
    ['another kind of patch', { steps: { a: { $type: 'json_patch', value: [] } } }, 'INVALID_OVERRIDE'],
    ['no value', { steps: { a: {} } }, 'INVALID_OVERRIDE'],
    ['a value that is no mapping', { steps: { a: { value: 1 } } }, 'WRONG_TYPE'],
    ['text', 'steps', 'WRONG_TYPE'],
  ])('%s', (_, overrides, code) => {
    const { root: patched, problems } = applyOverrides(root, overrides)
    expect(patched).toBeNull()
    expect(problems.filter(({ severity }) => severity === 'error').map((problem) => problem.code)).toContain(code)
  })
})

test('a patch that leaves two references side by side is seen when the flow is compiled', () => {
  const flow = readSource({
    text: 'steps: [{ id: a, component: /x }, { id: b, component: /y, input: { x: { $step: a } } }]',
    file: null,
  })
  const { root: patched } = applyOverrides(flow.root as Node, {
    steps: { b: { value: { input: { x: { $input: 'n' } } } } },
  })
  const backoff = { kind: 'fixed', delayMs: 0, delayMsMax: 0, factor: 1, jitter: 0 } as const
  const compiled = stepflow.compile(patched as Node, { text: '', file: null }, { transportRetriesMax: 0, backoff })
  expect(compiled.problems).toMatchObject([{ code: 'LOST_KEY', span: null, step: 'b' }])
})
