// Runs that rest for long are out of memory; nobody who uses them can tell.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Answer, component, openEngine } from '../index.ts'
import { parts } from '../parts.ts'
import { StoreError } from '../stores/store-error.ts'
import type { Store } from '../stores/store.ts'
import { openEngineWith } from './open-engine.ts'

const newPlace = (): string => `sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-resting-')), 'runs.db')}`
const RESTS = { limits: { restMsMin: 0, closeMsMax: 0 } }
const COMPONENTS = { '/add': component({ effect: 'pure', run: ({ n }: { n: number }) => n + 1 }) }

function flow(sleepMs: number): string {
  return `
steps:
  - { id: before, component: /add, input: { n: { $literal: 1 } } }
  - { id: rest, component: /builtin/sleep, input: { duration_ms: ${sleepMs} }, needs: [before] }
  - { id: after, component: /add, input: { n: { $step: before } }, needs: [rest] }
output: { $step: after }
`
}

/** How many logs were read. */
async function countingStore(place: string): Promise<{ readonly store: Store; readonly count: () => number }> {
  const store = await parts.openStore(place)
  let reads = 0
  const events: Store['events'] = (run, fromSeq) => {
    reads += 1
    return store.events(run, fromSeq)
  }
  return { store: { ...store, events }, count: () => reads }
}

function damaged(): never {
  throw new Error('not a log any more')
}

function unreadable(): never {
  throw new StoreError('STORE_FAILED', 'disk I/O error')
}

async function untilAtRest(engine: Awaited<ReturnType<typeof openEngine>>): Promise<void> {
  while ((await engine.runs()).some(({ status, waitsFor }) => status === 'running' && waitsFor === null))
    await new Promise(setImmediate)
}

test('a run goes on from where it rested', async () => {
  const { store, count } = await countingStore(newPlace())
  const engine = await openEngineWith(parts, { store, components: COMPONENTS, ...RESTS })
  const run = await engine.start(engine.compile(flow(20)))
  expect(await run.result()).toEqual({ outcome: 'success', result: 3 })
  expect(count()).toBe(1)
  await engine.close()
})

test('a run that rests is reported, says what it waits for, and is cancelled at once', async () => {
  const engine = await openEngine({ store: newPlace(), components: COMPONENTS, ...RESTS })
  const run = await engine.start(engine.compile(flow(1_000_000)))
  await untilAtRest(engine)
  expect((await run.report()).steps.map(({ status }) => status)).toEqual(['success', 'running', 'pending'])
  expect(await run.waitsFor('rest')).toMatchObject({ waitsFor: 'timer' })
  expect(await run.waitsFor('after')).toMatchObject({ waitsFor: 'steps' })
  expect(await run.cancel('enough')).toMatchObject({ outcome: 'cancelled', reason: 'enough' })
  await engine.close()
})

/** Three runs that another process has left. */
async function left(place: string, sleepMs: number): Promise<readonly string[]> {
  const engine = await openEngine({ store: place, components: COMPONENTS, ...RESTS })
  const ids = await Promise.all([1, 2, 3].map(async () => (await engine.start(engine.compile(flow(sleepMs)))).id))
  await engine.close()
  return ids
}

test('runs that only rest are not read when a store is opened', async () => {
  const place = newPlace()
  await left(place, 1_000_000)
  const { store, count } = await countingStore(place)
  const engine = await openEngineWith(parts, { store, components: COMPONENTS, ...RESTS })
  expect(count()).toBe(0)
  await engine.close()
})

test('runs that rested when their process ended go on in the next when it is time', async () => {
  const place = newPlace()
  const ids = await left(place, 200)
  const engine = await openEngine({ store: place, components: COMPONENTS, ...RESTS })
  const ends = await Promise.all(ids.map(async (id) => (await engine.get(id))?.result()))
  expect(ends).toEqual(ids.map(() => ({ outcome: 'success', result: 3 })))
  await engine.close()
})

test('a step that sleeps is over its time limit at the same moment in the next process', async () => {
  const store = newPlace()
  const text = 'steps: [{ id: a, component: /builtin/sleep, timeout: 100ms, input: { duration_ms: 1000000 } }]'
  const first = await openEngine({ store, ...RESTS })
  const { id } = await first.start(first.compile(text))
  await untilAtRest(first)
  await first.close()
  const engine = await openEngine({ store, ...RESTS })
  const outcome = await (await engine.get(id))?.result()
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT', step: 'a' } })
  await engine.close()
})

const inFlow = (timeout: string, sleepMs: number): string => `
steps:
  - id: outer
    component: /builtin/eval
    timeout: ${timeout}
    retry: 0
    input: { flow: { $literal: { steps: [{ id: rest, component: /builtin/sleep, input: { duration_ms: ${sleepMs} } }] } } }
`

test('a step that waits for a flow is over its time limit at the same moment in the next process', async () => {
  const store = newPlace()
  const first = await openEngine({ store, ...RESTS })
  const { id } = await first.start(first.compile(inFlow('100ms', 1_000_000)))
  await untilAtRest(first)
  await first.close()
  const engine = await openEngine({ store, ...RESTS })
  const outcome = await (await engine.get(id))?.result()
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT', step: 'outer' } })
  await engine.close()
})

test('a run whose flows were cut off by a time limit rests until that is tried again', async () => {
  const hangs = component({ effect: 'pure', run: () => new Promise<never>(() => undefined) })
  const engine = await openEngine({ store: newPlace(), components: { '/hang': hangs }, ...RESTS })
  const run = await engine.start(
    engine.compile(`
steps:
  - id: outer
    component: /builtin/eval
    timeout: 20ms
    retry: { max: 1, delay: 1h }
    input: { flow: { $literal: { steps: [{ id: hang, component: /hang }] } } }
`),
  )
  await untilAtRest(engine)
  expect(await engine.runs()).toMatchObject([{ waitsFor: { kind: 'timer' } }])
  expect(await run.cancel()).toMatchObject({ outcome: 'cancelled' })
  await engine.close()
})

test('a time limit of a step that waits for a flow keeps no run in memory', async () => {
  const { store, count } = await countingStore(newPlace())
  const engine = await openEngineWith(parts, { store, ...RESTS })
  expect(await engine.run(engine.compile(inFlow('1h', 20)))).toMatchObject({ outcome: 'success' })
  expect(count()).toBe(1)
  await engine.close()
})

test('what was done at most once is not done again because its wait was too long', async () => {
  let sent = 0
  const mail = component({
    effect: 'at-most-once',
    run() {
      sent += 1
      return Answer.wait(Date.now() + 1_000_000, null)
    },
  })
  const engine = await openEngine({ store: newPlace(), components: { '/mail': mail }, ...RESTS })
  const text = 'steps: [{ id: mail, component: /mail, timeout: 20ms, retry: { attempts: 3 } }]'
  expect(await engine.run(engine.compile(text))).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT' } })
  expect(sent).toBe(1)
  await engine.close()
})

test('nor because the flow that it waits for takes too long', async () => {
  let begun = 0
  const engine = await openEngine({
    store: newPlace(),
    components: {
      '/outer': component({
        effect: 'at-most-once',
        run() {
          begun += 1
          return inner.kind === 'flow' ? Answer.frames(inner.plan, [null]) : null
        },
      }),
    },
    ...RESTS,
  })
  const inner = engine.compile('steps: [{ id: rest, component: /builtin/sleep, input: { duration_ms: 1000000 } }]')
  const text = 'steps: [{ id: outer, component: /outer, timeout: 20ms, retry: { attempts: 3 } }]'
  expect(await engine.run(engine.compile(text))).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT' } })
  expect(begun).toBe(1)
  await engine.close()
})

test('a decision finds a run that rests on it', async () => {
  const store = newPlace()
  const mail = component({ effect: 'at-most-once', run: () => new Promise<never>(() => undefined) })
  const begun = await openEngine({ store, components: { '/mail': mail }, ...RESTS })
  const { id } = await begun.start(
    begun.compile('{ steps: [{ id: mail, component: /mail }], output: { $step: mail } }'),
  )
  await begun.close()
  const engine = await openEngine({ store, components: { '/mail': mail }, ...RESTS })
  await untilAtRest(engine)
  const run = await engine.resume(id, { decide: { mail: { kind: 'done', output: 'sent' } } })
  expect(await run.result()).toEqual({ outcome: 'success', result: 'sent' })
  await engine.close()
})

test('a disk that cannot be read sets no run aside', async () => {
  const store = await parts.openStore(newPlace())
  const engine = await openEngineWith(parts, {
    store: { ...store, events: unreadable },
    components: COMPONENTS,
    ...RESTS,
  })
  const run = await engine.start(engine.compile(flow(20)))
  await expect(run.result()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect(await engine.runs()).toMatchObject([{ status: 'running', waitsFor: { kind: 'timer' } }])
  await engine.close()
})

test('a run whose log is damaged while it rests is set aside, and whoever waits for it is told', async () => {
  const store = await parts.openStore(newPlace())
  const engine = await openEngineWith(parts, { store: { ...store, events: damaged }, components: COMPONENTS, ...RESTS })
  const run = await engine.start(engine.compile(flow(20)))
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_PAUSED' })
  expect(await engine.runs()).toMatchObject([{ status: 'paused', waitsFor: { kind: 'quarantine' } }])
  await engine.close()
})
