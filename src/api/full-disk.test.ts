// A disk that is full for a while: nothing new begins, nothing is lost, and what runs goes on by itself.
import { expect, test } from 'vitest'
import { component, openEngine } from '../index.ts'
import { openMemoryStore } from '../stores/memory/memory-store.ts'
import { StoreError } from '../stores/store-error.ts'
import type { Store } from '../stores/store.ts'

/** A durable store that says it is full as long as `isFull`. */
function aDisk(): { readonly store: Store; isFull: boolean } {
  const memory = openMemoryStore()
  const disk = {
    isFull: false,
    store: {
      ...memory,
      traits: { ...memory.traits, durable: true, instant: false },
      append(batch) {
        if (disk.isFull) throw new StoreError('STORE_FULL', 'The disk of the store is full', { isRetryable: true })
        return memory.append(batch)
      },
    } satisfies Store,
  }
  return disk
}

test('while the disk is full no run is started, and one that runs waits and then goes on', async () => {
  const disk = aDisk()
  const waiting = Promise.withResolvers<number>()
  const engine = await openEngine({
    store: disk.store,
    components: {
      '/slow': () => waiting.promise,
      '/next': async ({ n }: { n: number }) => n + 1,
    },
  })
  const flow = engine.compile(
    'steps: [{ id: a, component: /slow }, { id: b, component: /next, input: { n: { $step: a } } }]\noutput: { $step: b }',
  )
  const run = await engine.start(flow)
  while ((await run.waitsFor('a')) !== null) await new Promise(setImmediate)
  await new Promise(setImmediate)
  disk.isFull = true
  waiting.resolve(41)
  await expect(engine.start(flow)).rejects.toMatchObject({ code: 'STORE_FULL', isRetryable: true })
  await expect(engine.start(flow)).rejects.toMatchObject({ code: 'STORE_FULL' })
  expect((await run.report()).steps.map(({ status }) => status)).toEqual(['running', 'pending'])
  disk.isFull = false
  expect(await run.result()).toEqual({ outcome: 'success', result: 42 })
  expect(await engine.run(engine.compile('steps: []\noutput: 1'))).toMatchObject({ outcome: 'success' })
  await engine.close()
})

test('a start that is refused gives back the slots of what it began ahead of it', async () => {
  const disk = aDisk()
  const engine = await openEngine({
    store: disk.store,
    limits: { callsPerEngineMax: 1 },
    components: {
      '/hang': component({ effect: 'pure', run: () => new Promise(() => undefined) }),
      '/next': async () => 42,
    },
  })
  const sleeps = await engine.start(
    engine.compile('steps: [{ id: a, component: /builtin/sleep, input: { duration_ms: 20 } }]\noutput: { $step: a }'),
  )
  disk.isFull = true
  await expect(engine.start(engine.compile('steps: [{ id: a, component: /hang }]'))).rejects.toMatchObject({
    code: 'STORE_FULL',
  })
  disk.isFull = false
  await sleeps.result()
  const next = engine.compile('steps: [{ id: a, component: /next }]\noutput: { $step: a }')
  expect(await engine.run(next)).toEqual({ outcome: 'success', result: 42 })
  await engine.close()
})
