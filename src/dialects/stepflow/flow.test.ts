import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import type { Backoff, Plan, Step } from '../../plan/plan.ts'
import { fromJson } from '../../source/from-json.ts'
import type { Node } from '../../source/node.ts'
import { readSource } from '../../source/read.ts'
import { stepflow } from './stepflow.ts'

const backoff: Backoff = { kind: 'fibonacci', delayMs: 1_000, delayMsMax: 10_000, factor: 2, jitter: 0 }
const options = { transportRetriesMax: 3, backoff }

function planOf(text: string): Plan {
  const source = { text, file: null }
  const { root } = readSource(source)
  const { plan, problems } = stepflow.compile(root as Node, source, options)
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return plan as Plan
}

/** The step `it` of a flow that has steps `a` and `b` too, and variable `v`. */
function stepOf(keys: string): Step {
  const plan = planOf(`
variables: { properties: { v: { type: string } } }
steps:
  - { id: a, component: /x }
  - { id: b, component: /builtin/load_file }
  - { id: it, component: /y, ${keys} }`)
  return plan.steps[2] as Step
}

const literal = (value: Json) => ({ kind: 'literal', value })
const whole = { paths: [[]], text: '$' }
const field = (name: string) => ({ paths: [[name]], text: name })
const output = (of: number, at: unknown = whole, others = {}) => ({
  kind: 'output',
  of,
  at,
  ifSkipped: 'skip',
  ifFailed: 'fail',
  nullHasAllPaths: true,
  ...others,
})

test('the least flow has a plan', () => {
  expect(planOf('steps: [{ id: a, component: /x }]')).toEqual({
    format: 1,
    steps: [
      {
        id: 'a',
        component: '/x',
        needs: null,
        after: [],
        gate: null,
        each: null,
        mustExecute: false,
        input: literal(null),
        onError: { kind: 'fail' },
        retry: [{ retriesMax: 3, on: ['TIMEOUT', 'UNREACHABLE'], except: [], backoff }],
        timeoutMs: null,
      },
    ],
    params: { schema: null },
    variables: [],
    output: null,
    demand: 'all-steps',
    verdict: 'any-unhandled-failure',
  })
})

describe('expressions', () => {
  test.each([
    ['a scalar', '7', literal(7)],
    ['a list of literals', '[1, { k: [x] }]', literal([1, { k: ['x'] }])],
    ['a literal', '{ $literal: { $step: nobody } }', literal({ $step: 'nobody' })],
    ['a literal inside literals', '[{ $literal: { $from: 1 } }]', literal([{ $from: 1 }])],
    ['unknown $ keys', '{ $ref: x, $set: 1 }', literal({ $ref: 'x', $set: 1 })],
    ['a key that is a number', '{ 1: x }', literal({ 1: 'x' })],

    ['$step', '{ $step: a }', output(0)],
    ['$step with a path', '{ $step: a, path: p }', output(0, field('p'))],
    ['$from a step', '{ $from: { step: a } }', output(0)],
    ['$from a step with a path', '{ $from: { step: a }, path: $.p }', output(0, { paths: [['p']], text: '$.p' })],
    ['a forward reference', '{ $step: b }', output(1)],

    ['$input, whole', '{ $input: $ }', { kind: 'input', at: whole }],
    ['$input, null', '{ $input: null }', { kind: 'input', at: whole }],
    ['$input, a field', '{ $input: name }', { kind: 'input', at: field('name') }],
    ['$from the input', '{ $from: { workflow: input }, path: p }', { kind: 'input', at: field('p') }],
    ['$from the input, as at first', '{ $from: { $input }, path: p }', { kind: 'input', at: field('p') }],

    ['$variable', '{ $variable: v }', { kind: 'variable', name: 'v', at: whole, otherwise: null }],
    [
      '$variable with a path and default',
      '{ $variable: $.v.x, default: 1 }',
      { kind: 'variable', name: 'v', at: { paths: [['x']], text: '$.v.x' }, otherwise: literal(1) },
    ],
    [
      '$from a variable',
      '{ $from: { variable: v, default: { $input: d } }, path: x }',
      { kind: 'variable', name: 'v', at: field('x'), otherwise: { kind: 'input', at: field('d') } },
    ],

    [
      '$if',
      '{ $if: { $step: a }, then: 1 }',
      { kind: 'if', condition: output(0), then: literal(1), otherwise: literal(null), truthiness: 'some' },
    ],
    ['$coalesce', '{ $coalesce: [{ $step: a }, 1] }', { kind: 'coalesce', members: [output(0), literal(1)] }],

    [
      '$on_skip',
      '{ $from: { step: a }, $on_skip: "use_default", $default: { n: 1 } }',
      output(0, whole, { ifSkipped: literal({ n: 1 }) }),
    ],
    [
      '$on_skip without $default',
      '{ $from: { step: a }, $on_skip: use_default }',
      output(0, whole, { ifSkipped: literal(null) }),
    ],
    ['$on_skip that skips', '{ $from: { step: a }, $on_skip: skip_step }', output(0)],
    [
      'onSkip',
      '{ $from: { step: a }, path: p, onSkip: { action: useDefault, defaultValue: 0 } }',
      output(0, field('p'), { ifSkipped: literal(0) }),
    ],
    [
      'onSkip beside $step',
      '{ $step: a, onSkip: { action: useDefault } }',
      output(0, whole, { ifSkipped: literal(null) }),
    ],
    [
      'a default that is read',
      '{ $from: { step: a }, $on_skip: use_default, $default: { $step: b } }',
      output(0, whole, { ifSkipped: output(1, whole, { ifSkipped: literal(null) }) }),
    ],

    ['the order of detection', '{ $step: a, $if: { $input: c }, then: 1 }', { kind: 'if' }],
    ['a literal before all', '{ $literal: 1, $step: a }', literal(1)],
  ])('%s', (_, input, expr) => {
    expect(stepOf(`input: ${input}`).input).toMatchObject(expr)
  })

  test('a mapping with a reference keeps the order of its keys', () => {
    expect(stepOf('input: { z: 1, a: { $step: a }, __proto__: 2 }').input).toEqual({
      kind: 'record',
      entries: [
        ['z', literal(1)],
        ['a', output(0)],
        ['__proto__', literal(2)],
      ],
    })
  })

  test('a path into what load_file gives is looked for in the content too', () => {
    expect(stepOf('input: { $from: { step: b }, path: schema }').input).toMatchObject({
      at: { paths: [['schema'], ['data', 'schema']], text: 'schema' },
    })
    expect(stepOf('input: { $step: b, path: $.data.schema }').input).toMatchObject({
      at: { paths: [['data', 'schema']] },
    })
    expect(stepOf('input: { $step: b }').input).toMatchObject({ at: whole })
  })

  test('a bare text with a dot is one field first, and a path where that is missing', () => {
    expect(stepOf('input: { $step: a, path: p.q }').input).toMatchObject({
      at: { paths: [['p.q'], ['p', 'q']], text: 'p.q' },
    })
  })
})

describe('skipIf', () => {
  test('a reference to what was skipped or failed does not skip, and null does not either', () => {
    expect(stepOf('skipIf: { $from: { step: a }, path: p }')).toMatchObject({
      gate: {
        expr: output(0, field('p'), { ifSkipped: 'undefined', ifFailed: 'undefined' }),
        runsWhen: false,
        ifBroken: 'fail',
        truthiness: 'filled',
      },
      each: null,
    })
  })

  test('its default holds for what was skipped', () => {
    const { gate } = stepOf('skipIf: { $from: { step: a }, $on_skip: use_default, $default: true }')
    expect(gate?.expr).toMatchObject({ ifSkipped: literal(true), ifFailed: 'undefined' })
  })

  test('in a loop it is asked for each item if it reads the item, else once', () => {
    expect(stepOf('forEach: [1], skipIf: { $item: done }')).toMatchObject({
      gate: null,
      each: { gate: { expr: { kind: 'item', at: field('done') } } },
    })
    expect(stepOf('forEach: [1], skipIf: { $input: off }')).toMatchObject({
      gate: { runsWhen: false },
      each: { gate: null },
    })
  })
})

describe('what a failure does', () => {
  test.each([
    ['onError: { action: fail }', { kind: 'fail' }],
    ['on_error: { action: terminate }', { kind: 'fail' }],
    ['on_error: { action: skip }', { kind: 'skip' }],
    ['onError: skip', { kind: 'skip' }],
    ['on_error: { action: continue }', { kind: 'substitute', output: literal(null) }],
    ['on_error: { action: continue, default_output: { n: [] } }', { kind: 'substitute', output: literal({ n: [] }) }],
    ['onError: { action: useDefault, defaultValue: 0 }', { kind: 'substitute', output: literal(0) }],
    ['onError: { action: use_default, default_value: 0 }', { kind: 'substitute', output: literal(0) }],
    ['onError: { action: retry }', { kind: 'fail' }],
  ])('%s', (keys, onError) => {
    expect(stepOf(keys).onError).toEqual(onError)
  })

  test('what a default reads has ended before, and is null where it was skipped', () => {
    expect(
      stepOf('needs: b, onError: { action: useDefault, defaultValue: [{ $step: a }, { $step: a }, { $step: b }] }'),
    ).toMatchObject({
      after: [0],
      onError: { output: { items: [output(0, whole, { ifSkipped: literal(null) }), {}, {}] } },
    })
  })
})

describe('retries', () => {
  const lost = { retriesMax: 3, on: ['TIMEOUT', 'UNREACHABLE'], except: [], backoff }
  const own = (retriesMax: number) => ({
    retriesMax,
    on: null,
    except: expect.arrayContaining(['TIMEOUT', 'INVALID_INPUT', 'NO_STUB']),
    backoff,
  })
  const exponential = { kind: 'exponential', delayMs: 1_000, delayMsMax: 300_000, factor: 2, jitter: 0.1 }

  test.each([
    ['', [lost]],
    ['onError: { action: fail }', [lost]],
    ['onError: { action: retry }', [lost, own(3)]],
    ['onError: { action: retry, maxRetries: 5.0 }', [lost, own(5)]],
    ['on_error: { action: retry, max_attempts: 5 }', [lost, own(4)]],
    ['onError: { action: useDefault }', []],
    ['onError: { action: skip }', []],
    ['retry: 2', [{ retriesMax: 2, on: null, except: [], backoff: exponential }]],
    ['retry: {}', [{ retriesMax: 3, on: null, except: [], backoff: exponential }]],
    ['onError: { action: skip }, retry: { max: 1 }', [{ retriesMax: 1, on: null, except: [], backoff: exponential }]],
    [
      'retry: { max: 100, delay: 250ms, backoff: constant, on: BUSY }',
      [
        {
          retriesMax: 100,
          on: ['BUSY'],
          except: [],
          backoff: { kind: 'fixed', delayMs: 250, delayMsMax: 300_000, factor: 2, jitter: 0 },
        },
      ],
    ],
    [
      'retry: { delay: PT10M, backoff: fibonacci, on: [A, B], jitter: 0.5 }',
      [
        {
          retriesMax: 3,
          on: ['A', 'B'],
          except: [],
          backoff: { kind: 'fibonacci', delayMs: 600_000, delayMsMax: 600_000, factor: 2, jitter: 0.5 },
        },
      ],
    ],
  ])('%s', (keys, retry) => {
    expect(stepOf(keys).retry).toEqual(retry)
  })
})

describe('loops, order and time limits', () => {
  test('a loop has items, lanes, and expressions that read the item', () => {
    expect(
      stepOf('forEach: { $step: a, path: items }, concurrency: 4, input: [{ $item: name }, { $index: true }]'),
    ).toMatchObject({
      each: { items: output(0, field('items')), gate: null, parallelMax: 4 },
      input: { items: [{ kind: 'item', at: field('name') }, { kind: 'index' }] },
    })
    expect(stepOf('forEach: [1, 2]').each).toEqual({ items: literal([1, 2]), gate: null, parallelMax: null })
  })

  test.each([
    ['needs: a', { steps: [0], join: 'all', ifBlocked: 'skip' }],
    ['needs: [b, a, b], join: any', { steps: [1, 0], join: 'any', ifBlocked: 'skip' }],
    ['needs: [a], join: done', { steps: [0], join: 'done', ifBlocked: 'skip' }],
    ['needs: []', null],
  ])('%s', (keys, needs) => {
    expect(stepOf(keys).needs).toEqual(needs)
  })

  test.each([
    ['timeout: 30s', 30_000],
    ['timeout: 1.5', 1_500],
    ['timeout: PT2M', 120_000],
    ['timeout: null', null],
  ])('%s', (keys, timeoutMs) => {
    expect(stepOf(keys).timeoutMs).toBe(timeoutMs)
  })

  test('mustExecute is kept', () => {
    expect(stepOf('mustExecute: true').mustExecute).toBe(true)
  })
})

test.each([
  ['/builtins/eval', '/builtin/eval'],
  ['/builtin/http/get', '/builtin/http/get'],
  ['builtin://put_blob', '/builtin/put_blob'],
  ['/eval', '/eval'],
  ['/builtins/mine', '/builtins/mine'],
  ['/', '/'],
])('the component %s is called %s', (written, component) => {
  expect(planOf(`steps: [{ id: a, component: "${written}" }]`).steps[0]?.component).toBe(component)
})

const steps = (input: string, more = '') => `steps:\n  - { id: a, component: /x, input: ${input}${more} }\n`

describe('which steps run', () => {
  const lazy = { demand: 'what-output-needs', verdict: 'by-output' }
  const all = { demand: 'all-steps', verdict: 'any-unhandled-failure' }
  test.each([
    ['without an output: all', steps('{ $input: a }'), all],
    ['with an output: what it needs', `${steps('{ $input: a }')}output: { $step: a }`, lazy],
    ['an output that is null is none', `${steps('1')}output: null`, all],
    ['$from anywhere: all', `${steps('[{ $from: { workflow: input } }]')}output: { $step: a }`, all],
    ['skipIf: all', `${steps('1', ', skipIf: false')}output: { $step: a }`, all],
    ['on_error with continue: all', `${steps('1', ', on_error: { action: continue }')}output: { $step: a }`, all],
    ['onError with skip: all', `${steps('1', ', onError: { action: skip }')}output: { $step: a }`, all],
    [
      'onError with useDefault says nothing',
      `${steps('1', ', onError: { action: useDefault }')}output: { $step: a }`,
      lazy,
    ],
    [
      '$from inside $literal says nothing',
      `${steps('{ $literal: { $from: { step: b } } }')}output: { $step: a }`,
      lazy,
    ],
    ['extensions say nothing', `${steps('1', ', timeout: 1s, retry: 1')}output: { $step: a }`, lazy],
  ])('%s', (_, text, expected) => {
    expect(planOf(text)).toMatchObject(expected)
  })
})

describe('what a flow declares', () => {
  test('schemas in the newer spelling, with shared definitions', () => {
    const plan = planOf(`
schemas:
  $defs: { Name: { type: string } }
  properties:
    input: { type: object, properties: { name: { $ref: "#/schemas/$defs/Name" } } }
    output: { type: object }
    steps: { type: object }
    variables:
      type: object
      properties:
        key: { type: string, is_secret: true, env_var: API_KEY }
        size: { type: integer, default: 3 }
        any: true`)
    expect(plan.params.schema).toEqual({
      type: 'object',
      properties: { name: { $ref: '#/$defs/Name' } },
      $defs: { Name: { type: 'string' } },
    })
    expect(plan.variables).toEqual([
      { name: 'key', isSecret: true, envVar: 'API_KEY', schema: { type: 'string' } },
      { name: 'size', isSecret: false, envVar: null, schema: { type: 'integer', default: 3 }, default: 3 },
      { name: 'any', isSecret: false, envVar: null, schema: true },
    ])
  })

  test.each([['inputSchema'], ['input_schema']])('%s', (key) => {
    expect(planOf(`${key}: { type: object }\nsteps: []`).params.schema).toEqual({ type: 'object' })
  })

  test('a schema that is null is none', () => {
    expect(planOf('inputSchema: null\nvariables: null\nsteps: []')).toMatchObject({
      params: { schema: null },
      variables: [],
    })
  })
})

test('a flow knows its name, and what its steps call', () => {
  const text = 'name: first\nsteps:\n  - id: a\n    component: /x\n'
  const source = { text, file: null }
  const compiled = stepflow.compile(readSource(source).root as Node, source, options)
  expect(compiled.name).toBe('first')
  expect(compiled.calls).toMatchObject([{ id: 'a', component: '/x', span: { line: 4, column: 16 } }])
})

test('a flow that arrives as data has the plan of its text', () => {
  const text = 'steps:\n  - id: a\n    component: /x\n    input: { $input: n }\noutput: { $step: a, path: $.b }\n'
  const data = { steps: [{ id: 'a', component: '/x', input: { $input: 'n' } }], output: { $step: 'a', path: '$.b' } }
  const { root } = fromJson(data)
  expect(stepflow.compile(root as Node, { text: '', file: null }, options).plan).toEqual(planOf(text))
})

test.each([
  ['steps: [{ component: /x }]', true],
  ['steps: [{ id: a, tool: T }]', false],
  ['steps: []', true],
  ['steps: wrong', true],
  ['output: 1', true],
  ['[{ id: a, tool: T }]', false],
  ['plugins: {}', false],
])('whether %s is a flow of this language: %s', (text, isOne) => {
  expect(stepflow.recognises(readSource({ text, file: null }).root as Node)).toBe(isOne)
})

test('100,000 steps in a chain are compiled', () => {
  const text = Array.from({ length: 100_000 }, (_, n) => {
    const input = n === 0 ? '0' : `{ $step: s${n - 1} }`
    return `  - { id: s${n}, component: /x, input: ${input} }\n`
  })
  expect(planOf(`steps:\n${text.join('')}`).steps).toHaveLength(100_000)
})

test('whatever a flow says, there is a plan or an error that says why not', () => {
  const keys =
    '$from $step $input $variable $if then else $coalesce $literal $item $index $on_skip $default onSkip action path ' +
    'step workflow variable default steps id component input skipIf onError retry needs join forEach concurrency output ' +
    'timeout max on delay schemas properties variables inputSchema test cases name defaultValue flow data blob_type'
  const values = [
    'a',
    'b',
    '/x',
    '/builtin/map',
    '/load_file',
    'input',
    '$',
    '$.a',
    'a.b',
    'skip',
    'useDefault',
    'retry',
    '5s',
  ]
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'medium' }, tie('leaf'), tie('list'), tie('record')),
    leaf: fc.oneof(fc.constantFrom<Json>(...values, 0, 1, true, null), fc.string()),
    list: fc.array(tie('value'), { maxLength: 3 }),
    record: fc.dictionary(fc.constantFrom(...keys.split(' ')), tie('value'), { maxKeys: 4 }),
  }))
  const step = fc.tuple(
    fc.constantFrom('a', 'b', 'c'),
    fc.dictionary(fc.constantFrom(...keys.split(' ')), value, { maxKeys: 5 }),
  )
  const flow = fc.record(
    { steps: fc.array(step), output: value, schemas: value, variables: value, test: value },
    { requiredKeys: ['steps'] },
  )
  fc.assert(
    fc.property(flow, (parts) => {
      const data = { ...parts, steps: parts.steps.map(([id, more]) => ({ component: '/x', ...more, id })) }
      const { root } = fromJson(JSON.parse(JSON.stringify(data)))
      const { plan, problems } = stepflow.compile(root as Node, { text: '', file: null }, options)
      expect(plan === null).toBe(problems.some(({ severity }) => severity === 'error'))
    }),
    { numRuns: 1_000 },
  )
})
