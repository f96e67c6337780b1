// Components of users may throw or answer anything: it is their own step that fails, and nothing else that suffers.
import { describe, expect, test } from 'vitest'
import { Answer, component, openEngine } from '../src/index.ts'
import type { Json } from '../src/lib/json.ts'
import { openMemoryStore } from '../src/stores/memory/memory-store.ts'

type Given = Parameters<typeof openEngine>[0]

async function outcomeOf(components: NonNullable<Given>['components'], text: string, given: object = {}) {
  const engine = await openEngine({ store: 'memory', ...(components === undefined ? {} : { components }) })
  const run = await engine.start(engine.compile(text), given)
  const outcome = await run.result()
  const report = await run.report()
  const other = await engine.run(
    engine.compile('steps: [{ id: a, component: /builtin/noop, input: 1 }]\noutput: { $step: a }'),
  )
  await engine.close()
  expect(other).toEqual({ outcome: 'success', result: 1 })
  return { outcome, report }
}

const one = 'steps: [{ id: a, component: /odd }]'
const unreadable = (): Error => {
  const trap = {
    get() {
      throw new Error('no')
    },
  }
  return Object.defineProperty(new Error('x'), 'message', trap)
}
const trap = (): object =>
  new Proxy(
    {},
    {
      has() {
        throw new Error('no')
      },
      getPrototypeOf() {
        throw new Error('no')
      },
    },
  )

describe('a component that', () => {
  test.each<[string, () => unknown]>([
    [
      'throws an error that cannot be read',
      () => {
        throw unreadable()
      },
    ],
    ['rejects with one', () => Promise.reject(unreadable())],
    [
      'throws a proxy that throws',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- that anything may be thrown is the point
        throw trap()
      },
    ],
    ['answers such a proxy', trap],
    ['answers it later', () => Promise.resolve().then(() => ({ hidden: trap() }).hidden)],
    [
      'answers what throws when it is waited for',
      () => ({
        get then() {
          throw new Error('no')
        },
      }),
    ],
  ])('%s fails its own step', async (_, run) => {
    const { outcome } = await outcomeOf({ '/odd': run as () => Json }, one)
    expect(outcome).toMatchObject({ outcome: 'failed', error: { step: 'a' } })
  })

  test.each<[string, () => unknown]>([
    ['answers JSON of a great depth', () => JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    [
      'answers something that is inside itself',
      () => {
        const inside: { self?: object } = {}
        inside.self = inside
        return inside
      },
    ],
  ])('%s is shown as far as that can be', async (_, run) => {
    const { outcome, report } = await outcomeOf({ '/odd': run as () => Json }, one)
    expect(outcome).toMatchObject({ outcome: 'success' })
    expect(JSON.stringify(report)).toContain('<nested too deep>')
  })

  test.each<[string, Answer]>([
    ['waits until no time', Answer.wait(Number.NaN, 1)],
    ['waits for ever', Answer.wait(Number.POSITIVE_INFINITY, 1)],
  ])('%s fails', async (_, answer) => {
    const { outcome } = await outcomeOf({ '/odd': () => answer }, one)
    expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'INVALID_OUTPUT' } })
  })

  test('fails with a very long error is told in short', async () => {
    const long = 'word '.repeat(100_000)
    const { outcome } = await outcomeOf(
      {
        '/odd': () => {
          throw Object.assign(new Error(long), { code: long, data: { long } })
        },
      },
      one,
    )
    expect(JSON.stringify(outcome).length).toBeLessThan(20_000)
  })

  test('fails with data whose parts share parts without end is told without it', async () => {
    let data: object = {}
    for (let level = 0; level < 40; level += 1) data = { a: data, b: data }
    const { outcome } = await outcomeOf(
      {
        '/odd': () => {
          throw Object.assign(new Error('m'), { data })
        },
      },
      one,
    )
    expect(outcome).toMatchObject({ error: { message: 'm', data: null } })
  })

  test('repeats a secret as a key or as a code shows neither', async () => {
    const text = `
schemas: { properties: { variables: { type: object, properties: { token: { type: string, is_secret: true } } } } }
steps:
  - { id: a, component: /key, input: { t: { $variable: token } } }
  - { id: b, component: /code, input: { t: { $variable: token } } }
`
    const { outcome, report } = await outcomeOf(
      {
        '/key': ({ t }: { t: string }) => ({ [t]: 1 }),
        '/code': ({ t }: { t: string }) => {
          throw Object.assign(new Error('m'), { code: t })
        },
      },
      text,
      { variables: { token: 'c4n4ry-token' } },
    )
    expect(JSON.stringify([outcome, report])).not.toContain('c4n4ry')
    expect(report.steps[0]?.output).toEqual({ '***': 1 })
  })
})

test('a secret that is no text is refused, as it could not be kept back', async () => {
  const engine = await openEngine({ store: 'memory' })
  const flow = engine.compile(
    'schemas: { properties: { variables: { type: object, properties: { pin: { is_secret: true } } } } }\nsteps: []',
  )
  await expect(engine.start(flow, { variables: { pin: 12_345_678 } })).rejects.toThrow('Cannot seal the secret "pin"')
  await engine.close()
})

const long = (_input: Json, { signal }: { readonly signal: AbortSignal }): Promise<Json> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))

test.each([
  ['of flows inside it', '/builtin/eval', '{ flow: { $literal: { steps: [{ id: x, component: /long }] } } }'],
  ['asleep', '/builtin/sleep', '{ duration_ms: 60000 }'],
])('the time limit of a step holds for its time %s too', async (_, path, input) => {
  const { outcome } = await outcomeOf(
    { '/long': long },
    `steps: [{ id: a, component: ${path}, timeout: 30ms, retry: 0, input: ${input} }]`,
  )
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT', step: 'a' } })
})

test('flows that ask for themselves end at a bound', async () => {
  const again = component({
    effect: 'pure',
    run: (_: Json, call: { round: number }) => (call.round > 200_000 ? 'too far' : Answer.frames(emptyPlan, [], null)),
  })
  const { outcome } = await outcomeOf({ '/odd': again }, one)
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'TOO_MANY_FRAMES' } })
})

const emptyPlan = {
  format: 1,
  steps: [],
  params: { schema: null },
  variables: [],
  output: null,
  demand: 'all-steps',
  verdict: 'by-output',
} as const

test('a store that fails is told to whoever asks then, and to whoever asks later', async () => {
  const store = openMemoryStore()
  let appends = 0
  const failing = {
    ...store,
    append: (batch: Parameters<typeof store.append>[0]) => {
      appends += 1
      if (appends > 1) throw new Error('disk full')
      return store.append(batch)
    },
  }
  const engine = await openEngine({ store: failing, components: { '/later': () => Promise.resolve(1) } })
  const run = await engine.start(
    engine.compile('steps: [{ id: a, component: /later }, { id: b, component: /later, needs: [a] }]'),
  )
  await expect(run.result()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await expect(run.result()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await expect(allOf(run.events())).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await expect(engine.start(engine.compile('steps: []'))).rejects.toMatchObject({ code: 'STORE_FAILED' })
})

async function allOf(events: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of events) count += 1
  return count
}

test('an engine that is closed twice is closed', async () => {
  const engine = await openEngine({ store: 'memory' })
  await engine.run(engine.compile('steps: []'))
  expect(await Promise.all([engine.close(), engine.close()])).toEqual([undefined, undefined])
})
