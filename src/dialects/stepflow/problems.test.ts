import { describe, expect, test } from 'vitest'
import type { Problem } from '../../plan/problem.ts'
import type { Node } from '../../source/node.ts'
import { readSource } from '../../source/read.ts'
import { stepflow } from './stepflow.ts'

const options = {
  transportRetriesMax: 3,
  backoff: { kind: 'fixed', delayMs: 1_000, delayMsMax: 1_000, factor: 1, jitter: 0 },
} as const

function compile(text: string) {
  const source = { text, file: 'flow.yaml' }
  const { root, problems } = readSource(source)
  expect(problems).toEqual([])
  return stepflow.compile(root as Node, source, options)
}
const problemsOf = (text: string): readonly Problem[] => compile(text).problems

/** Each problem as `CODE "what it marks"`; an error has a `!`. */
function marked(text: string): readonly string[] {
  return problemsOf(text).map(({ code, severity, span }) => {
    const place = span === null ? '' : text.slice(span.start, span.end)
    return `${severity === 'error' ? '!' : ''}${code} ${place}`
  })
}

/** A flow of `a` and of `it`, which has `keys`. */
const flowWith = (keys: string) => `steps:\n  - { id: a, component: /x }\n  - { id: it, component: /y, ${keys} }\n`

describe('a step', () => {
  test.each([
    ['an unknown key', 'inptu: 1', ['UNKNOWN_KEY inptu']],
    ['a key of everybody', 'x-note: 1', []],
    ['a key that is null', 'timeout: null, forEach: null, onError: null', []],
    ['depends_on', 'depends_on: [a]', ['UNKNOWN_KEY depends_on']],
    [
      'older spellings',
      'args: 1, skip_if: false, must_execute: true',
      ['OLDER_SPELLING args', 'OLDER_SPELLING skip_if', 'OLDER_SPELLING must_execute'],
    ],
    ['a key in two spellings', 'input: 1, args: 2', ['!DUPLICATE_KEY args']],
    ['mustExecute that is text', 'mustExecute: "yes"', ['!WRONG_TYPE "yes"']],
    ['concurrency without a loop', 'concurrency: 2', ['LOST_KEY concurrency']],
    ['no lanes', 'forEach: [1], concurrency: 0', ['!WRONG_TYPE 0']],
    ['too many lanes', 'forEach: [1], concurrency: 1025', ['!WRONG_TYPE 1025']],
    ['a loop over text', 'forEach: abc', ['!WRONG_TYPE abc']],
    ['a loop over a mapping', 'forEach: { items: { $step: a } }', ['!WRONG_TYPE { items: { $step: a } }']],
    ['join without needs', 'join: any', ['LOST_KEY join']],
    ['an unknown join', 'needs: a, join: some', ['!WRONG_TYPE some']],
    ['a need that is no step', 'needs: [b, 1]', ['!UNDEFINED_STEP_REFERENCE b', '!WRONG_TYPE 1']],
    ['a need of itself', 'needs: it', ['!SELF_REFERENCE it']],
    ['a time limit of none', 'timeout: 0', ['!INVALID_DURATION 0']],
    ['a time limit beyond reason', 'timeout: 9000h', ['!INVALID_DURATION 9000h']],
    ['a time limit in words', 'timeout: soon', ['!INVALID_DURATION soon']],
    ['a time limit that is a list', 'timeout: [1s]', ['!INVALID_DURATION [1s]']],
    ['too many retries', 'retry: 101', ['!WRONG_TYPE 101']],
    ['half a retry', 'retry: { max: 1.5 }', ['!WRONG_TYPE 1.5']],
    ['retry in words', 'retry: often', ['!WRONG_TYPE often']],
    ['an unknown backoff', 'retry: { backoff: exponentail }', ['!WRONG_TYPE exponentail']],
    ['codes that are none', 'retry: { on: [[]] }', ['!WRONG_TYPE []']],
    ['no codes', 'retry: { on: [] }', ['EMPTY_LIST []']],
    ['an unknown key of retry', 'retry: { maxx: 1 }', ['UNKNOWN_KEY maxx']],
    ['an unknown action', 'onError: { action: contineu }', ['!WRONG_TYPE contineu']],
    ['no action', 'onError: { defaultValue: 1 }', ['!MISSING_KEY onError']],
    ['onError that is a list', 'onError: [skip]', ['!WRONG_TYPE [skip]']],
    ['a default that has no effect', 'onError: { action: skip, defaultValue: 1 }', ['LOST_KEY defaultValue']],
    ['retries that have no effect', 'onError: { action: useDefault, maxRetries: 1 }', ['LOST_KEY maxRetries']],
  ])('%s', (_, keys, problems) => {
    expect(marked(flowWith(keys))).toEqual(problems)
  })
})

describe('an expression', () => {
  test.each([
    ['an unknown step', '{ $step: b }', ['!UNDEFINED_STEP_REFERENCE b']],
    [
      'an unknown step in a default',
      '{ $from: { step: a }, $on_skip: use_default, $default: { $step: b } }',
      ['!UNDEFINED_STEP_REFERENCE b'],
    ],
    ['an unknown step in a branch', '{ $if: true, then: 1, else: { $step: b } }', ['!UNDEFINED_STEP_REFERENCE b']],
    ['an unknown step in a literal', '{ $literal: { $step: b } }', []],
    ['the step itself', '[{ $step: it }]', ['!SELF_REFERENCE it']],
    ['a step that is no text', '{ $step: 1 }', ['!INVALID_REFERENCE 1']],
    ['a broken path', '{ $step: a, path: "$x" }', ['!INVALID_PATH "$x"']],
    ['a path that is a number', '{ $step: a, path: 0 }', ['!INVALID_PATH 0']],
    ['a path that reads in two ways', '{ $input: a.b }', ['BARE_PATH a.b']],
    ['a lost default', '{ $step: a, default: 3 }', ['LOST_KEY default']],
    ['a path beside $input', '{ $input: $, path: p }', ['LOST_KEY path']],
    ['a path inside $from', '{ $from: { step: a, path: p } }', ['LOST_KEY path']],
    ['a $default alone', '{ $from: { step: a }, $default: 1 }', ['LOST_KEY $default']],
    ['an unknown $on_skip', '{ $from: { step: a }, $on_skip: ignore }', ['!WRONG_TYPE ignore']],
    ['on_skip', '{ $from: { step: a }, on_skip: { action: skip } }', ['OLDER_SPELLING on_skip']],
    ['$from of text', '{ $from: a }', ['!INVALID_REFERENCE a']],
    ['$from of something else', '{ $from: { stpe: a } }', ['!INVALID_REFERENCE { stpe: a }']],
    ['another part of the workflow', '{ $from: { workflow: output } }', ['!INVALID_REFERENCE output']],
    ['$from as at first', '{ $from: { $input } }', ['OLDER_SPELLING $input']],
    ['$if without then', '{ $if: true, else: 1 }', ['!INVALID_EXPRESSION $if']],
    ['$coalesce of no list', '{ $coalesce: 1 }', ['!INVALID_EXPRESSION 1']],
    [
      'the item of no loop',
      '[{ $item: $ }, { $index: true }]',
      ['!ITEM_OUTSIDE_LOOP $item', '!ITEM_OUTSIDE_LOOP $index'],
    ],
    ['a variable without a name', '{ $variable: "$[0]" }', ['!INVALID_REFERENCE "$[0]"']],
    ['a misspelled expression', '{ $varaible: v }', ['UNKNOWN_KEY $varaible']],
    ['an expression that never was', '{ $template: x }', ['UNKNOWN_KEY $template']],
    ['plain data with a dollar', '{ $ref: x, $id: y, $in: [] }', []],
  ])('%s', (_, input, problems) => {
    expect(marked(flowWith(`input: ${input}`))).toEqual(problems)
  })

  test('the item of a loop is not there yet where its items are read', () => {
    expect(marked(flowWith('forEach: { $item: $ }, input: { $item: $ }'))).toEqual(['!ITEM_OUTSIDE_LOOP $item'])
  })
})

describe('a flow', () => {
  test.each([
    ['is a mapping', '[1, 2]', ['!WRONG_TYPE [1, 2]']],
    ['without steps is hardly meant', 'name: x', ['EMPTY_FLOW name: x']],
    ['has steps in a list', 'steps: { a: { component: /x } }', ['!WRONG_TYPE { a: { component: /x } }']],
    ['has steps that are mappings', 'steps: [a, [b]]', ['!WRONG_TYPE a', '!WRONG_TYPE [b]']],
    ['has steps with ids', 'steps: [{ component: /x }]', ['!MISSING_KEY { component: /x }']],
    ['has steps with components', 'steps: [{ id: a }]', ['!MISSING_KEY { id: a }']],
    ['has ids that are text', 'steps: [{ id: 1, component: /x }]', ['!WRONG_TYPE 1']],
    ['has ids that are not empty', 'steps: [{ id: " ", component: /x }]', ['!EMPTY_STEP_ID " "']],
    ['has ids on one line', 'steps: [{ id: "a\\nb", component: /x }]', ['!INVALID_STEP_ID "a\\nb"']],
    ['has each id once', 'steps: [{ id: a, component: /x }, { id: a, component: /y }]', ['!DUPLICATE_STEP_ID a']],
    [
      'may have ids of any signs',
      'steps: [{ id: "a.b/c d", component: /x }, { id: workflow_output, component: /x }]',
      [],
    ],
    ['has component paths', 'steps: [{ id: a, component: x }]', ['!INVALID_COMPONENT x']],
    ['may have builtin://', 'steps: [{ id: a, component: "builtin://eval" }]', ['OLDER_SPELLING "builtin://eval"']],
    ['has known keys', 'stps: []\nsteps: []\nversion: 1.0\nmetadata: {}\nschema: x', ['UNKNOWN_KEY stps']],
    ['has a name that is text', 'name: [x]\nsteps: []', ['!WRONG_TYPE [x]']],
    ['has an output that can be read', 'steps: []\noutput: { $step: a }', ['!UNDEFINED_STEP_REFERENCE a']],
    [
      'has test cases with names',
      'steps: []\ntest: { cases: [{ input: 1 }, x] }',
      ['!MISSING_KEY { input: 1 }', '!WRONG_TYPE x'],
    ],
    ['has schemas under properties', 'schemas: { input: {}, steps: {} }\nsteps: []', ['!INVALID_SCHEMA input']],
    ['has a schema that is one', 'inputSchema: text\nsteps: []', ['!INVALID_SCHEMA text']],
    [
      'has one schema of the input',
      'inputSchema: {}\nschemas: { properties: { input: {} } }\nsteps: []',
      ['LOST_KEY inputSchema'],
    ],
    [
      'has variables under properties',
      'variables: { key: { type: string } }\nsteps: []',
      ['!INVALID_SCHEMA { key: { type: string } }'],
    ],
    ['may lack a name and a description', 'steps: [{ id: a, component: /x }]', []],
  ])('%s', (_, text, problems) => {
    expect(marked(text)).toEqual(problems)
  })

  test('one that has variables knows all of them', () => {
    const text = `variables: { properties: { key: {} } }\n${flowWith('input: [{ $variable: kye }, { $variable: other, default: 1 }, { $variable: key }]')}`
    expect(problemsOf(text)).toMatchObject([
      { code: 'UNDEFINED_VARIABLE', severity: 'error', upstream: 2005, hint: 'Did you mean "key"?' },
      { code: 'UNDEFINED_VARIABLE', severity: 'error', upstream: 2004 },
    ])
  })

  test('one that declares no variables is told so once', () => {
    expect(marked(flowWith('input: [{ $variable: v }, { $variable: w }]'))).toEqual(['MISSING_VARIABLE_SCHEMA v'])
  })

  test('all problems are told at once, with their steps, and there is no plan', () => {
    const { plan, problems } = compile(
      'steps:\n  - id: one\n    component: x\n    retyr: 1\n  - { id: two, component: /y, input: { $step: oen } }\noutput: { $step: twoo }\n',
    )
    expect(plan).toBeNull()
    expect(problems.map(({ code, step, hint, upstream }) => [code, step, hint, upstream])).toEqual([
      ['INVALID_COMPONENT', 'one', 'Write component: /x', 2500],
      ['UNKNOWN_KEY', 'one', 'Did you mean "retry"?', undefined],
      ['UNDEFINED_STEP_REFERENCE', 'two', 'Did you mean "one"?', 3003],
      ['UNDEFINED_STEP_REFERENCE', null, 'Did you mean "two"?', 3003],
    ])
  })

  test('one with nothing but warnings has a plan', () => {
    const { plan, problems } = compile(flowWith('depends_on: a'))
    expect(problems).toMatchObject([{ severity: 'warning', hint: expect.stringContaining('needs') }])
    expect(plan).not.toBeNull()
  })
})

const loop = (first: string, second: string) =>
  `steps:\n  - { id: a, component: /x, ${first} }\n  - { id: b, component: /x, ${second} }\n`

describe('steps that wait for each other', () => {
  test.each([
    ['by references', 'input: { $step: b }', 'input: { $step: a }'],
    ['by needs', 'needs: b', 'needs: a'],
    ['by a condition', 'skipIf: { $from: { step: b } }', 'needs: a'],
    ['by the default of a failure', 'onError: { action: continue, default_output: { $step: b } }', 'needs: a'],
    ['by a branch that may never be taken', 'input: { $if: false, then: { $step: b } }', 'needs: a'],
    ['by the items of a loop', 'forEach: { $step: b }', 'needs: a'],
    [
      'by the default of a skip',
      'input: { $step: b, onSkip: { action: useDefault, defaultValue: { $step: b } } }',
      'input: { $step: a }',
    ],
  ])('%s', (_, first, second) => {
    expect(problemsOf(loop(first, second))).toMatchObject([
      {
        code: 'DEPENDENCY_CYCLE',
        severity: 'error',
        step: 'a',
        message: 'Cannot order the steps a → b → a: each waits for the next',
      },
    ])
  })

  test('steps in any order are fine without', () => {
    expect(marked(loop('input: { $step: b }', 'input: 1'))).toEqual([])
  })

  test('a long circle is named in part', () => {
    const step = Array.from({ length: 100 }, (_, n) => `  - { id: s${n}, component: /x, needs: s${(n + 1) % 100} }\n`)
    expect(problemsOf(`steps:\n${step.join('')}`)).toMatchObject([{ message: expect.stringContaining('s9 → … → s0') }])
  })
})

const mixed = (rest: string, output = '{ $step: it }') => `${flowWith(rest)}output: ${output}`

describe('which steps run', () => {
  test('a step that nothing asks for is pointed out where only needed ones run', () => {
    const text = `${flowWith('input: 1')}output: { $step: a }`
    expect(problemsOf(text)).toMatchObject([
      { code: 'UNREACHABLE_STEP', severity: 'warning', step: 'it', upstream: 1000 },
    ])
    expect(marked(`${flowWith('mustExecute: true, needs: a')}output: 1`)).toEqual([])
    expect(marked(`${flowWith('input: { $from: { step: a } }')}output: 1`)).toEqual([])
    expect(marked(flowWith('input: { $step: a }'))).toEqual([])
  })

  test('a flow with an output that mixes generations is told what that means', () => {
    const text = `${flowWith('input: { $from: { step: a } }')}output: { $step: a }`
    expect(marked(text)).toEqual(['MIXED_GENERATIONS $from'])
  })

  test.each([
    ['every step is needed', mixed('input: [{ $step: a }, { $from: { step: a } }]'), []],
    [
      'every step is needed, or must run',
      mixed('mustExecute: true, input: { $from: { step: a } }', '{ $input: n }'),
      [],
    ],
    ['a condition keeps a step back', mixed('skipIf: false, input: { $step: a }'), ['MIXED_GENERATIONS skipIf']],
    [
      'a branch does not ask for a step',
      mixed('input: { $if: { $from: { workflow: input } }, then: { $step: a } }'),
      ['MIXED_GENERATIONS $from'],
    ],
    [
      'a later choice is not asked for',
      mixed('input: { $coalesce: [{ $from: { workflow: input } }, { $step: a }] }'),
      ['MIXED_GENERATIONS $from'],
    ],
    ['the first choice is', mixed('input: { $coalesce: [{ $from: { step: a } }, 1] }'), []],
    [
      'a loop may have no items',
      mixed('forEach: { $from: { workflow: input } }, input: { $step: a }'),
      ['MIXED_GENERATIONS $from'],
    ],
  ])('a mix is told where it changes something: %s', (_, text, problems) => {
    expect(marked(text)).toEqual(problems)
  })
})

const inner = (component: string, key: string, flow: string) =>
  `steps:\n  - { id: a, component: /x }\n  - { id: it, component: ${component}, input: { ${key}: ${flow}, blob_type: flow } }\n`

describe('a flow inside a flow', () => {
  const broken = '{ $literal: { steps: [{ id: b, component: /x, input: { $step: c } }] } }'

  test.each([
    ['/builtin/put_blob', 'data'],
    ['/put_blob', 'data'],
    ['/builtins/eval', 'workflow'],
    ['/builtin/map', 'workflow'],
    ['/builtin/iterate', 'flow'],
  ])('%s: its problems are told too, as those of the step', (component, key) => {
    expect(problemsOf(inner(component, key, broken))).toMatchObject([
      { code: 'UNDEFINED_STEP_REFERENCE', severity: 'error', step: 'it', span: { line: 3 } },
    ])
  })

  test('what is no flow is told', () => {
    expect(marked(inner('/builtin/put_blob', 'data', '{ $literal: 5 }'))).toEqual(['!INVALID_SUBFLOW_LITERAL 5'])
  })

  test('other data, and other components, are left alone', () => {
    expect(marked(inner('/builtin/put_blob', 'data', broken).replace('blob_type: flow', 'blob_type: data'))).toEqual([])
    expect(marked(inner('/my/eval', 'workflow', broken))).toEqual([])
  })

  test('a flow that is not under $literal is pointed out', () => {
    expect(marked(inner('/builtin/map', 'workflow', '{ steps: [{ id: b, component: /x }] }'))).toEqual([
      'INLINE_FLOW workflow',
    ])
  })
})

test('a flow of 100,000 broken references costs no more than some', () => {
  const steps = Array.from(
    { length: 100_000 },
    (_, n) => `  - { id: step_${n}, component: /x, input: { $step: stpe_${n} } }\n`,
  )
  const problems = problemsOf(`steps:\n${steps.join('')}`)
  expect(problems).toHaveLength(1_001)
  expect(problems.at(-1)).toMatchObject({ code: 'TOO_MANY_PROBLEMS', severity: 'error' })
})
