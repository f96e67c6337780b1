// What is asked of a run that is at work is told to be done once that itself is stored, not something before it.
import { expect, test } from 'vitest'
import { parts } from '../parts.ts'
import { openMemoryStore } from '../stores/memory/memory-store.ts'
import type { Append, Store } from '../stores/store.ts'
import { openEngineWith } from './open-engine.ts'

/** A store of which each batch is stored when `next` is called. */
function slowStore(): { readonly store: Store; readonly waiting: (() => void)[]; next(): Promise<void> } {
  const memory = openMemoryStore()
  const waiting: (() => void)[] = []
  const append = (batch: readonly Append[]): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(() => {
        void memory.append(batch)
        resolve()
      })
    })
  return {
    store: { ...memory, traits: { ...memory.traits, durable: true, instant: false }, append },
    waiting,
    async next() {
      await turns()
      waiting.shift()?.()
      await turns()
    },
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
}

test('a pause is told when it is stored, and not when the batch before it is', async () => {
  const disk = slowStore()
  const { promise, resolve } = Promise.withResolvers<number>()
  const { core, ...engine } = await openEngineWith(parts, {
    store: disk.store,
    components: { '/first': () => promise, '/second': () => new Promise(() => undefined) },
  })
  const starting = engine.start(
    engine.compile('steps: [{ id: a, component: /first }, { id: b, component: /second, input: { $step: a } }]'),
  )
  await disk.next()
  const { id } = await starting
  const run = core.live(id)
  if (run === null) throw new Error('the run is at work')
  resolve(1)
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(disk.waiting).toHaveLength(1) // the end of `a` is on its way
  let isTold = false
  const paused = core.pause(run, null).then(() => {
    isTold = true
  })
  await disk.next()
  expect({ isTold, status: (await disk.store.getRun(id))?.status }).toEqual({ isTold: false, status: 'running' })
  await disk.next()
  await paused
  expect(await disk.store.getRun(id)).toMatchObject({ status: 'paused' })
})
