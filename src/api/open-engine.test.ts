import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { component, openEngine } from '../index.ts'
import { openMemoryStore } from '../stores/memory/memory-store.ts'
import { parts } from '../parts.ts'
import type { Flow } from './flow.ts'
import { openEngineWith } from './open-engine.ts'

type Engine = Awaited<ReturnType<typeof openEngine>>

function flowOf(engine: Engine, text: string): Flow {
  const flow = engine.compile(text)
  if (flow.kind === 'problems') throw new Error(JSON.stringify(flow.problems))
  return flow
}

/** A component that answers only when it is aborted, by rejecting with the reason. */
function hangs(_input: unknown, { signal }: { signal: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

test('cancelling a run aborts the components that work for it', async () => {
  const aborted: unknown[] = []
  const engine = await openEngine({
    components: { '/hang': async (input, call) => hangs(input, call).catch((error: unknown) => aborted.push(error)) },
  })
  const run = await engine.start(
    flowOf(engine, 'steps: [{ id: a, component: /hang }, { id: b, component: /hang, needs: [a] }]'),
  )
  expect(await run.cancel('no longer wanted')).toEqual({ outcome: 'cancelled', reason: 'no longer wanted' })
  expect(aborted).toHaveLength(1)
  const { run: row, steps } = await run.report()
  expect(row.status).toBe('cancelled')
  expect(steps.map(({ status, cause }) => [status, cause?.kind])).toEqual([
    ['failed', 'cancelled'],
    ['skipped', 'cancelled'],
  ])
})

test('an attempt over its time limit is aborted, tried again, and then fails as timed out', async () => {
  let calls = 0
  const engine = await openEngine({
    components: {
      '/hang': (input, call) => {
        calls += 1
        return hangs(input, call)
      },
    },
  })
  const run = await engine.start(
    flowOf(engine, 'steps: [{ id: a, component: /hang, timeout: 5ms, retry: { max: 1, delay: 1ms } }]'),
  )
  expect(await run.result()).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT', step: 'a' } })
  expect(calls).toBe(2)
  expect((await run.report()).steps[0]).toMatchObject({ status: 'failed', cause: { kind: 'timed-out' }, attempts: 2 })
})

test('a call whose effect may have happened is not made again after its time limit', async () => {
  let calls = 0
  const pay = component({
    effect: 'at-most-once',
    run: (input, call) => {
      calls += 1
      return hangs(input, call)
    },
  })
  const engine = await openEngine({ components: { '/pay': pay } })
  const outcome = await engine.run(
    flowOf(engine, 'steps: [{ id: a, component: /pay, timeout: 5ms, retry: { max: 3, delay: 1ms } }]'),
  )
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT' } })
  expect(calls).toBe(1)
})

test('a run over its time limit fails, and says so of each step', async () => {
  const engine = await openEngine({ components: { '/hang': hangs } })
  const run = await engine.start(flowOf(engine, 'steps: [{ id: a, component: /hang }]'), { timeoutMs: 5 })
  expect(await run.result()).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT' } })
  expect((await run.report()).steps[0]?.cause).toMatchObject({ kind: 'timed-out' })
})

test('the same key gives the same run, and calls nothing again', async () => {
  let calls = 0
  const engine = await openEngine({ components: { '/count': async () => (calls += 1) } })
  const flow = flowOf(engine, 'steps: [{ id: a, component: /count }]\noutput: { $step: a }')
  const [first, second] = await Promise.all([engine.start(flow, { key: 'k' }), engine.start(flow, { key: 'k' })])
  await first.result()
  const third = await engine.start(flow, { key: 'k' })
  expect(new Set([first.id, second.id, third.id]).size).toBe(1)
  expect(await third.result()).toEqual({ outcome: 'success', result: 1 })
  expect(calls).toBe(1)
})

const SECRET = 'a-very-secret-token'
const SECRET_FLOW = `
schemas: { type: object, properties: { variables: { type: object, properties: { token: { type: string, is_secret: true } } } } }
steps:
  - { id: call, component: /call, input: { auth: { $variable: token }, n: 1 } }
  - { id: fail, component: /fail, input: { auth: { $variable: token } }, onError: { action: useDefault, defaultValue: null } }
output: { told: { $step: call }, token: { $variable: token } }`

test('a secret reaches the component, and nobody else in any form', async () => {
  const received: unknown[] = []
  const engine = await openEngine({
    components: {
      '/call': async (input: { auth: string }) => {
        received.push(input.auth)
        return { echo: `Bearer ${input.auth}`, encoded: Buffer.from(input.auth).toString('base64') }
      },
      '/fail': async (input: { auth: string }) => {
        throw new Error(`Refused ${input.auth}`)
      },
    },
  })
  const run = await engine.start(flowOf(engine, SECRET_FLOW), { variables: { token: SECRET } })
  const events: unknown[] = []
  for await (const event of run.events()) events.push(event)
  const told = JSON.stringify([await run.result(), await run.report(), events])
  expect(received).toEqual([SECRET])
  expect(told).not.toContain(SECRET)
  expect(told).not.toContain(Buffer.from(SECRET).toString('base64').replace(/=+$/, ''))
  expect(await run.result()).toMatchObject({
    outcome: 'success',
    result: { told: { echo: 'Bearer ***' }, token: '***' },
  })
})

test('a secret too short to be found in a text is told of', async () => {
  const engine = await openEngine({ components: { '/call': async () => null, '/fail': async () => null } })
  const run = await engine.start(flowOf(engine, SECRET_FLOW), { variables: { token: 'short' } })
  expect(run.warnings.map(({ code }) => code)).toContain('SHORT_SECRET')
  expect(await run.result()).toMatchObject({ result: { token: '***' } })
})

test('large values pass through steps, loops, paths and flows inside flows of a store that keeps them apart', async () => {
  const engine = await openEngine({
    store: openMemoryStore({ spillBytesMin: 64 }),
    components: {
      '/make': async () => ({ list: Array.from({ length: 40 }, (_, index) => index), name: 'x'.repeat(100) }),
      '/double': async ({ n }: { n: number }) => n * 2,
      '/size': async ({ all }: { all: readonly number[] }) => all.length,
    },
  })
  const inner = "{ steps: [{ id: i, component: /make }], output: { $step: i, path: '$.list' } }"
  const flow = flowOf(
    engine,
    `
steps:
  - { id: make, component: /make }
  - { id: each, component: /double, forEach: { $step: make, path: $.list }, input: { n: { $item: $ } } }
  - { id: size, component: /size, input: { all: { $step: each } } }
  - { id: inside, component: /builtin/eval, input: { flow: { $literal: ${inner} }, input: {} } }
output: { size: { $step: size }, last: { $step: each, path: '$[39]' }, whole: { $step: make }, inside: { $step: inside, path: $.result.result } }`,
  )
  const outcome = await engine.run(flow)
  expect(outcome).toMatchObject({
    outcome: 'success',
    result: { size: 40, last: 78, whole: { name: 'x'.repeat(100) }, inside: expect.arrayContaining([39]) },
  })
})

test('a flow inside a flow gets its input however large that is, and each item of a long list does', async () => {
  const engine = await openEngine({
    store: openMemoryStore({ spillBytesMin: 64 }),
    components: { '/size': async ({ all }: { all: string }) => all.length },
  })
  const inner = '{ steps: [{ id: i, component: /size, input: { all: { $input: text } } }], output: { $step: i } }'
  const flow = flowOf(
    engine,
    `
steps:
  - { id: one, component: /builtin/eval, input: { flow: { $literal: ${inner} }, input: { text: { $input: text } } } }
  - { id: many, component: /builtin/map, input: { flow: { $literal: ${inner} }, items: [{ text: short }, { text: { $input: text } }, { text: '' }] } }
output: { one: { $step: one, path: $.result }, many: { $step: many, path: $.results } }`,
  )
  const outcome = await engine.run(flow, { input: { text: 'x'.repeat(100) } })
  const [short, long, none] = [5, 100, 0].map((result) => ({ outcome: 'success', result }))
  expect(outcome).toMatchObject({ outcome: 'success', result: { one: long, many: [short, long, none] } })
})

test('a value passes through steps by reference, and is never copied', async () => {
  const rows = [{ id: 1 }]
  const engine = await openEngine({ components: { '/pass': async (x: object) => x } })
  const outcome = await engine.run(
    flowOf(
      engine,
      'steps: [{ id: a, component: /pass, input: { rows: { $input: rows } } }, { id: b, component: /pass, input: { $step: a } }]\noutput: { $step: b, path: rows }',
    ),
    { input: { rows } },
  )
  expect(outcome.outcome === 'success' && outcome.result).toBe(rows)
})

test('no more calls are open at once than the run allows', async () => {
  let [open, most] = [0, 0]
  const engine = await openEngine({
    limits: { callsPerRunMax: 3 },
    components: {
      '/work': async () => {
        open += 1
        most = Math.max(most, open)
        await new Promise(setImmediate)
        open -= 1
        return null
      },
    },
  })
  const steps = Array.from({ length: 20 }, (_, index) => `{ id: s${index}, component: /work }`)
  const flow = flowOf(
    engine,
    `steps: [${steps.join(', ')}, { id: l, component: /work, forEach: [1, 2, 3, 4, 5, 6, 7, 8] }]`,
  )
  expect(await engine.run(flow)).toMatchObject({ outcome: 'success' })
  expect(most).toBe(3)
})

test.each([
  [
    'at once',
    () => {
      throw new Error('disk on fire')
    },
  ],
  [
    'later',
    async () => {
      throw new Error('disk on fire')
    },
  ],
])('when the store fails %s, whoever waits is told, and nothing more is started', async (_, append) => {
  const engine = await openEngine({ store: { ...openMemoryStore(), append }, components: { '/hang': hangs } })
  const flow = flowOf(engine, 'steps: [{ id: a, component: /hang }]')
  await expect(engine.start(flow)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await expect(engine.start(flow)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await engine.close()
})

test('a run that has ended since it was listed is not gone on with, and keeps no engine open', async () => {
  const answer = Promise.withResolvers<number>()
  const engine = await openEngineWith(parts, { components: { '/work': () => answer.promise } })
  const run = await engine.start(flowOf(engine, 'steps: [{ id: a, component: /work }]\noutput: { $step: a }'))
  const row = engine.core.live(run.id)?.row
  if (row === undefined) throw new Error('It goes on')
  answer.resolve(1)
  expect(await run.result()).toMatchObject({ outcome: 'success', result: 1 })
  const again = await engine.core.resume(row)
  expect(await again.result()).toMatchObject({ outcome: 'success', result: 1 })
  await engine.close()
})

test('what must not be done twice is not, also when its input has to be read first after a crash', async () => {
  const store = {
    ...openMemoryStore({ spillBytesMin: 16 }),
    traits: { durable: true, instant: false, spillBytesMin: 16 },
  }
  let calls = 0
  const called = Promise.withResolvers<void>()
  const components = {
    '/make': async () => ({ list: ['someone', 'somebody else'] }),
    '/mail': component({
      effect: 'at-most-once',
      onLost: 'fail',
      run: () => {
        calls += 1
        called.resolve()
        return new Promise(() => undefined)
      },
    }),
  }
  const first = await openEngine({ store, components })
  const flow = flowOf(
    first,
    `
steps:
  - { id: make, component: /make }
  - { id: mail, component: /mail, forEach: { $step: make, path: $.list }, input: { to: { $item: $ } } }
output: { $step: mail }`,
  )
  const { id } = await first.start(flow)
  await called.promise
  const second = await openEngine({ store, components })
  const outcome = await (await second.get(id))?.result()
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'OUTCOME_UNKNOWN', step: 'mail', item: 0 } })
  expect(calls).toBe(1)
})

test('a run is begun with the options as they were when it was asked for, however many wait before it', async () => {
  const engine = await openEngine({ components: { '/same': (n: number) => n } })
  const flow = flowOf(engine, 'steps: [{ id: a, component: /same, input: { $input: $ } }]\noutput: { $step: a }')
  const options = { input: 0, key: '' }
  const asked = Array.from({ length: 300 }, (_, n) => {
    Object.assign(options, { input: n, key: `key-${n}` })
    return engine.run(flow, options)
  })
  const results = (await Promise.all(asked)).map((outcome) => (outcome.outcome === 'success' ? outcome.result : null))
  expect(results).toEqual(Array.from({ length: 300 }, (_, n) => n))
  await engine.close()
})

test.each(['memory', 'sqlite'] as const)(
  'starts with keys that still wait when a %s engine is closed are told so',
  async (kind) => {
    const store = kind === 'memory' ? kind : `sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-')), 'runs.db')}`
    const engine = await openEngine({ store, components: { '/same': (n: number) => n } })
    const flow = flowOf(engine, 'steps: [{ id: a, component: /same, input: { $input: $ } }]')
    const starts = Array.from({ length: 1_000 }, (_, n) => engine.start(flow, { input: n, key: `key-${n}` }))
    const told = Promise.allSettled(starts)
    await engine.close()
    const codes = (await told).map((start) => (start.status === 'rejected' ? start.reason.code : 'begun'))
    expect(new Set(codes)).toEqual(new Set(['ENGINE_CLOSED']))
  },
)
