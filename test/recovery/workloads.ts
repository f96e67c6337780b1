// What is run while processes are killed, disks fail and the power is cut: each flow in both languages, with its ends known beforehand.
import type { Json } from '../../src/lib/json.ts'

export type Language = 'stepflow' | 'jinba'

/** One run: `ends` is what it gives, `null` for one that is cancelled as soon as it is there. */
export type Planned = { readonly key: string; readonly input: { readonly n: number }; readonly ends: Json }

export type Workload = {
  readonly name: string
  readonly flows: Readonly<Record<Language, Json>>
  /** Begun together, one wave after another. */
  readonly waves: readonly (readonly Planned[])[]
}

type Words = {
  readonly tool: string
  /** The field `n` of the input, of the item of a loop, and of what a step gave. */
  readonly input: Json
  readonly item: Json
  readonly output: (step: string) => Json
  readonly whole: (step: string) => Json
  /** The field `n` of what a flow inside a step gave. */
  readonly inside: (step: string) => Json
  readonly list: (ofInput: string) => Json
}

const WORDS: Readonly<Record<Language, Words>> = {
  stepflow: {
    tool: 'component',
    input: { $input: '$.n' },
    item: { $item: '$' },
    output: (step) => ({ $step: step, path: '$.n' }),
    whole: (step) => ({ $step: step }),
    inside: (step) => ({ $step: step, path: '$.result.result.n' }),
    list: (name) => ({ $input: `$.${name}` }),
  },
  jinba: {
    tool: 'tool',
    input: '{{ inputs.n }}',
    item: '{{ item }}',
    output: (step) => `{{ steps.${step}.result.n }}`,
    whole: (step) => `{{ steps.${step}.result }}`,
    inside: (step) => `{{ steps.${step}.result.result.result.n }}`,
    list: (name) => `{{ inputs.${name} }}`,
  },
}

/** A flow of one language; its result is that of the step `end`. */
function flowIn(language: Language, steps: (words: Words) => readonly Json[]): Json {
  const list = steps(WORDS[language])
  return language === 'jinba' ? [...list] : { steps: [...list], output: { $step: 'end' } }
}

type Steps = (words: Words) => readonly { readonly [key: string]: Json }[]

function inBoth(steps: Steps): Workload['flows'] {
  return { stepflow: flowIn('stepflow', steps), jinba: flowIn('jinba', steps) }
}

function waves(
  counts: readonly number[],
  endOf: (n: number) => Json,
  input: (n: number) => object = (n) => ({ n }),
): Workload['waves'] {
  let number = 0
  return counts.map((count) =>
    Array.from({ length: count }, () => {
      const n = number++
      return { key: `run-${n}`, input: { n, ...input(n) }, ends: endOf(n) }
    }),
  )
}

const chainLength = 12

const chain: Steps = ({ tool, input, output }) =>
  Array.from({ length: chainLength }, (_, index) => ({
    id: index === chainLength - 1 ? 'end' : `s${index}`,
    [tool]: index % 3 === 0 ? '/later' : '/add',
    input: { n: index === 0 ? input : output(`s${index - 1}`) },
  }))

const branches = Array.from({ length: 8 }, (_, index) => `b${index}`)

/** One branch fails at first, and one must not be done twice. */
const fan: Steps = ({ tool, input, output, whole }) => [
  { id: 'first', [tool]: '/add', input: { n: input } },
  ...branches.map((id) => ({ id, [tool]: '/later', input: { n: output('first') } })),
  {
    id: 'flaky',
    [tool]: '/flaky',
    input: { n: output('first') },
    retry: { max: 1, delay: '5ms', backoff: 'fixed' },
  },
  {
    id: 'once',
    [tool]: '/once',
    input: { n: output('first') },
    onError: { action: 'continue', default: { n: 0 } },
  },
  {
    id: 'end',
    [tool]: '/sum',
    needs: ['once'],
    input: { of: [...branches, 'flaky'].map(whole) },
  },
]

const itemCount = 40

const each: Steps = ({ tool, item, whole, list }) => [
  { id: 'each', [tool]: '/later', forEach: list('items'), concurrency: 8, input: { n: item } },
  { id: 'end', [tool]: '/sum', input: { of: whole('each') } },
]

const sleeps = [15, 30, 45]

const timers: Steps = ({ tool, input, output, whole }) => [
  { id: 'first', [tool]: '/add', input: { n: input } },
  ...sleeps.flatMap((durationMs, index) => [
    {
      id: `sleep${index}`,
      [tool]: '/builtin/sleep',
      needs: ['first'],
      input: { duration_ms: durationMs },
    },
    { id: `awake${index}`, [tool]: '/later', needs: [`sleep${index}`], input: { n: output('first') } },
  ]),
  { id: 'end', [tool]: '/sum', input: { of: sleeps.map((_, index) => whole(`awake${index}`)) } },
]

const tired: Steps = ({ tool }) => [{ id: 'end', [tool]: '/builtin/sleep', input: { duration_ms: 3_600_000 } }]

/** What is inside has a language of its own; in a manifest a template would be one of the flow around it. */
const inner: Json = {
  steps: [
    { id: 'a', component: '/add', input: { n: { $input: '$.n' } } },
    { id: 'b', component: '/later', input: { n: { $step: 'a', path: '$.n' } } },
  ],
  output: { $step: 'b' },
}

const frameCount = 4

const frames: Steps = ({ tool, output, input, inside }) => [
  { id: 'first', [tool]: '/add', input: { n: input } },
  {
    id: 'map',
    [tool]: '/builtin/map',
    input: {
      workflow: tool === 'tool' ? inner : { $literal: inner },
      items: Array.from({ length: frameCount }, () => ({ n: output('first') })),
      max_concurrency: 2,
    },
  },
  {
    id: 'eval',
    [tool]: '/builtin/eval',
    needs: ['map'],
    input: { workflow: tool === 'tool' ? inner : { $literal: inner }, input: { n: output('first') } },
  },
  { id: 'end', [tool]: '/add', input: { n: inside('eval') } },
]

/** Values so large that they are kept apart, and so many that the log of the file is folded into it while runs go on. */
const large: Steps = ({ tool, input, output }) => [
  { id: 't0', [tool]: '/text', input: { n: input } },
  { id: 't1', [tool]: '/text', input: { n: output('t0') } },
  { id: 't2', [tool]: '/text', input: { n: output('t1') } },
  { id: 'end', [tool]: '/add', input: { n: output('t2') } },
]

export const WORKLOADS: readonly Workload[] = [
  { name: 'chain', flows: inBoth(chain), waves: waves([2, 1, 2], (n) => ({ n: n + chainLength })) },
  {
    name: 'fan',
    flows: inBoth(fan),
    waves: waves([2, 1, 1], (n) => ({ n: (branches.length + 1) * (n + 2) })),
  },
  {
    name: 'each',
    flows: inBoth(each),
    waves: waves(
      [1, 2],
      () => ({ n: (itemCount * (itemCount + 1)) / 2 }),
      () => ({ items: Array.from({ length: itemCount }, (_, index) => index) }),
    ),
  },
  { name: 'timers', flows: inBoth(timers), waves: waves([3, 2], (n) => ({ n: sleeps.length * (n + 2) })) },
  { name: 'cancel', flows: inBoth(tired), waves: waves([2, 2, 2], () => null) },
  {
    name: 'frames',
    flows: inBoth(frames),
    waves: waves([1, 2], (n) => ({ n: n + 4 })),
  },
  { name: 'large', flows: inBoth(large), waves: waves([2, 2, 2], (n) => ({ n: n + 4 })) },
]
