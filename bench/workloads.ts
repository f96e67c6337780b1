// The workloads, defined exactly so that their numbers can be compared: a flow as text, components of one line, an input, and the one right result.
import { isDeepStrictEqual } from 'node:util'
import { isRecord, type Json } from '../src/lib/json.ts'

export type Workload = {
  readonly name: string
  readonly size: number
  /** Steps, or items, that one run does. */
  readonly steps: number
  readonly flow: string
  readonly input: Json
  readonly isRight: (result: Json) => boolean
  /** The same graph by hand, as plain promises; nothing is recorded but by the components it is given. */
  readonly limit: (components?: typeof COMPONENTS) => Promise<Json>
}

type Vs = { readonly v: number }
const inc = async ({ v }: Vs): Promise<Vs> => ({ v: v + 1 })
const add = async ({ v, i }: { v: number; i: number }): Promise<Vs> => ({ v: v + i })
const double = async ({ v }: Vs): Promise<Vs> => ({ v: 2 * v })
const max = async ({ a, b }: { a: number; b: number }): Promise<Vs> => ({ v: Math.max(a, b) })
const sum = async ({ all }: { all: readonly Vs[] }): Promise<{ sum: number }> => ({
  sum: all.reduce((total, { v }) => total + v, 0),
})
const next = async (x: Large): Promise<Large> => ({ ...x, n: x.n + 1 })
const same = async (x: Large): Promise<Large> => x

export const COMPONENTS = {
  '/inc': inc,
  '/add': add,
  '/double': double,
  '/max': max,
  '/sum': sum,
  '/next': next,
  '/same': same,
}

const step = (id: string, component: string, input: unknown, more: object = {}): object => ({
  id,
  component,
  input,
  ...more,
})
const ref = (id: string, path?: string): object => (path === undefined ? { $step: id } : { $step: id, path })
const text = (steps: readonly object[], output: unknown): string => JSON.stringify({ name: 'bench', steps, output })

/** A chain: each step adds one to the value of the step before. */
export function chain(size: number): Workload {
  const steps = Array.from({ length: size }, (_, index) =>
    step(`s${index}`, '/inc', { v: index === 0 ? { $input: 'v' } : ref(`s${index - 1}`, 'v') }),
  )
  return {
    name: 'W1 chain',
    size,
    steps: size,
    flow: text(steps, ref(`s${size - 1}`, 'v')),
    input: { v: 0 },
    isRight: (result) => result === size,
    async limit({ '/inc': does } = COMPONENTS) {
      let x = { v: 0 }
      for (let index = 0; index < size; index += 1) x = await does(x)
      return x.v
    },
  }
}

/** One root, `size` branches, one join that reads all of them. */
export function fanOut(size: number): Workload {
  const branches = Array.from({ length: size }, (_, index) =>
    step(`b${index}`, '/add', { v: ref('root', 'v'), i: index }),
  )
  const join = step('join', '/sum', { all: branches.map((_, index) => ref(`b${index}`)) })
  const right = size + (size * (size - 1)) / 2
  return {
    name: 'W2 fan-out',
    size,
    steps: size + 2,
    flow: text([step('root', '/add', { v: { $input: 'v' }, i: 0 }), ...branches, join], ref('join', 'sum')),
    input: { v: 1 },
    isRight: (result) => result === right,
    async limit({ '/add': branch, '/sum': total } = COMPONENTS) {
      const root = await branch({ v: 1, i: 0 })
      const all = await Promise.all(Array.from({ length: size }, (_, i) => branch({ v: root.v, i })))
      return (await total({ all })).sum
    },
  }
}

/** Diamonds in a row: two steps read the join before, the next join takes the larger. */
export function diamonds(size: number): Workload {
  const steps = Array.from({ length: size }, (_, index) => {
    const before = index === 0 ? { $input: 'v' } : ref(`j${index - 1}`, 'v')
    return [
      step(`a${index}`, '/add', { v: before, i: 1 }),
      step(`b${index}`, '/add', { v: before, i: 2 }),
      step(`j${index}`, '/max', { a: ref(`a${index}`, 'v'), b: ref(`b${index}`, 'v') }),
    ]
  }).flat()
  return {
    name: 'W3 diamonds',
    size,
    steps: size * 3,
    flow: text(steps, ref(`j${size - 1}`, 'v')),
    input: { v: 0 },
    isRight: (result) => result === 2 * size,
    async limit({ '/add': branch, '/max': larger } = COMPONENTS) {
      let v = 0
      for (let index = 0; index < size; index += 1) {
        const [a, b] = await Promise.all([branch({ v, i: 1 }), branch({ v, i: 2 })])
        v = (await larger({ a: a.v, b: b.v })).v
      }
      return v
    },
  }
}

const LANES_DEFAULT = 10

/** A loop over `size` items, then their sum; as many at once as by default, unless `concurrency` says otherwise. */
export function forEach(size: number, concurrency: number | null = null): Workload {
  const items = Array.from({ length: size }, (_, index) => index)
  const lanes = concurrency === null ? {} : { concurrency }
  return {
    name: concurrency === null ? 'W4 forEach' : `W4 forEach, ${concurrency} at once`,
    size,
    steps: size,
    flow: text(
      [
        step('each', '/double', { v: { $item: '' } }, { forEach: { $input: 'items' }, ...lanes }),
        step('sum', '/sum', { all: ref('each') }),
      ],
      ref('sum', 'sum'),
    ),
    input: { items },
    isRight: (result) => result === size * (size - 1),
    async limit({ '/double': does, '/sum': total } = COMPONENTS) {
      const all: Vs[] = Array.from({ length: size })
      let at = 0
      const lane = async (): Promise<void> => {
        while (at < size) {
          const index = at++
          all[index] = await does({ v: items[index] ?? 0 })
        }
      }
      await Promise.all(Array.from({ length: concurrency ?? LANES_DEFAULT }, lane))
      return (await total({ all })).sum
    },
  }
}

type Large = { readonly n: number; readonly rows: readonly Json[] }

/**
 * A value of `megabytes` MB through ten steps, each of which changes one field of it, or gives back what it got.
 * A store that spills large values gives back an equal one, others the same.
 */
export function large(megabytes: number, { isChanged, isSame }: { isChanged: boolean; isSame: boolean }): Workload {
  const count = Math.floor((megabytes * 2 ** 20) / 100)
  const rows = Array.from({ length: count }, (_, index) => {
    const id = 10 ** 6 + index
    return { id, name: `customer-${id}`, ok: index % 2 === 0, score: (index % 1000) / 8, tag: 'abcdefghij' }
  })
  const component = isChanged ? '/next' : '/same'
  const steps = Array.from({ length: 10 }, (_, index) =>
    step(`s${index}`, component, index === 0 ? { $input: '$' } : ref(`s${index - 1}`)),
  )
  const input = { n: 0, rows }
  return {
    name: isChanged ? 'W7 large value' : 'W7 large value, unchanged',
    size: megabytes,
    steps: 10,
    flow: text(steps, ref('s9')),
    input,
    isRight(result) {
      if (!isRecord(result) || result['n'] !== (isChanged ? 10 : 0)) return false
      const { rows: got } = result
      if (isSame) return got === rows
      return Array.isArray(got) && got.length === count && isDeepStrictEqual(got.at(-1), rows.at(-1))
    },
    async limit({ [component]: does } = COMPONENTS) {
      let x: Large = input
      for (let index = 0; index < 10; index += 1) x = await does(x)
      return { n: x.n, rows: x.rows }
    },
  }
}

/** One step, a wait until `untilMs`, one step. `wait` is what waits by hand. */
export function sleeping(untilMs: number, wait: () => Promise<void> = async () => undefined): Workload {
  const steps = [
    step('before', '/inc', { v: { $input: 'v' } }),
    step('wait', '/builtin/sleep', { until: untilMs }, { needs: ['before'] }),
    step('after', '/inc', { v: ref('before', 'v') }, { needs: ['wait'] }),
  ]
  return {
    name: 'W9 waiting',
    size: 1,
    steps: 3,
    flow: text(steps, ref('after', 'v')),
    input: { v: 0 },
    isRight: (result) => result === 2,
    async limit({ '/inc': does } = COMPONENTS) {
      const before = await does({ v: 0 })
      await wait()
      return (await does(before)).v
    },
  }
}

const hole = (id: string): string => `{{ steps.${id}.result }}`

/** The same chain, fan-out and loop as a Jinba manifest: references are templates. */
export function manifests(size: number): readonly Workload[] {
  const [first, second, third] = [chain(size), fanOut(size), forEach(size * 10)]
  const links = Array.from({ length: size }, (_, index) => ({
    id: `s${index}`,
    tool: '/inc',
    ...(index === 0 ? {} : { needs: [`s${index - 1}`] }),
    input: { v: index === 0 ? '{{ inputs.v }}' : `{{ steps.s${index - 1}.result.v }}` },
  }))
  const branches = Array.from({ length: size }, (_, index) => ({
    id: `b${index}`,
    tool: '/add',
    needs: ['root'],
    input: { v: '{{ steps.root.result.v }}', i: index },
  }))
  const fan = [
    { id: 'root', tool: '/add', input: { v: '{{ inputs.v }}', i: 0 } },
    ...branches,
    {
      id: 'join',
      tool: '/sum',
      needs: branches.map(({ id }) => id),
      input: { all: branches.map(({ id }) => hole(id)) },
    },
  ]
  const loop = [
    { id: 'each', tool: '/double', forEach: '{{ inputs.items }}', input: { v: '{{ item }}' } },
    { id: 'sum', tool: '/sum', needs: ['each'], input: { all: hole('each') } },
  ]
  const as = (workload: Workload, steps: unknown, field: string): Workload => ({
    ...workload,
    name: `${workload.name}, manifest`,
    flow: JSON.stringify(steps),
    // What the last step gave is a mapping; the limit gives what is in it.
    isRight: (result) => workload.isRight(isRecord(result) ? (result[field] ?? null) : result),
  })
  return [as(first, links, 'v'), as(second, fan, 'sum'), as(third, loop, 'sum')]
}
