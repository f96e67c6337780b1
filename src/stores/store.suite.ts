// What every store does, whatever it is made of. Each driver's test calls this with a way to open an empty one.
import { afterEach, describe, expect, test } from 'vitest'
import type { Event } from '../core/events.ts'
import type { RunRow, Store } from './store.ts'

export function storeSuite(name: string, open: () => Store): void {
  describe(`a store: ${name}`, () => {
    const opened: Store[] = []
    const fresh = (): Store => {
      const store = open()
      opened.push(store)
      return store
    }
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close()
    })

    test('gives back the events of a run in order, from any sequence on', async () => {
      const store = fresh()
      await store.append([{ run: 'a', firstSeq: 0, events: [resumed(1), resumed(2)], row: row('a') }])
      await store.append([{ run: 'a', firstSeq: 2, events: [resumed(3)], row: null }])
      expect((await store.events('a', 0)).map(({ atMs }) => atMs)).toEqual([1, 2, 3])
      expect((await store.events('a', 2)).map(({ atMs }) => atMs)).toEqual([3])
    })

    test('keeps the runs of one batch apart', async () => {
      const store = fresh()
      await store.append([
        { run: 'a', firstSeq: 0, events: [resumed(1)], row: row('a') },
        { run: 'b', firstSeq: 0, events: [resumed(2)], row: row('b') },
      ])
      expect((await store.events('b', 0)).map(({ atMs }) => atMs)).toEqual([2])
    })

    test('finds a run by its id and by its key, as its last row says', async () => {
      const store = fresh()
      await store.append([{ run: 'a', firstSeq: 0, events: [], row: row('a', { key: 'order-7' }) }])
      await store.append([
        { run: 'a', firstSeq: 0, events: [], row: row('a', { key: 'order-7', status: 'completed', endedAtMs: 9 }) },
      ])
      expect(await store.findByKey('order-7')).toMatchObject({ id: 'a', status: 'completed', endedAtMs: 9 })
      expect(await store.getRun('a')).toMatchObject({ key: 'order-7' })
      expect(await store.findByKey('order-8')).toBeNull()
    })

    test('lists runs, the newest first', async () => {
      const store = fresh()
      for (const id of ['a', 'b', 'c']) await store.append([{ run: id, firstSeq: 0, events: [], row: row(id) }])
      expect((await store.listRuns(2)).map(({ id }) => id)).toEqual(['c', 'b'])
    })

    test('lists runs that have not ended, the oldest first', async () => {
      const store = fresh()
      for (const id of ['a', 'b', 'c']) await store.append([{ run: id, firstSeq: 0, events: [], row: row(id) }])
      await store.append([{ run: 'b', firstSeq: 0, events: [], row: row('b', { status: 'failed', endedAtMs: 5 }) }])
      expect((await store.openRuns()).map(({ id }) => id)).toEqual(['a', 'c'])
    })

    test('knows nothing of what was never put in', async () => {
      const store = fresh()
      expect(await store.events('absent', 0)).toEqual([])
      expect(await store.getRun('absent')).toBeNull()
      expect(await store.getPlan('absent')).toBeNull()
      expect(await store.getBlob('absent')).toBeNull()
    })

    test('keeps blobs and gives them back', async () => {
      const store = fresh()
      await store.putBlob('hash', '{"n":1}')
      await store.putBlob('hash', '{"n":1}')
      expect(await store.getBlob('hash')).toBe('{"n":1}')
    })
  })
}

function resumed(atMs: number): Event {
  return { kind: 'run-resumed', atMs }
}

function row(id: string, given: Partial<RunRow> = {}): RunRow {
  return {
    id,
    plan: 'p',
    key: null,
    flow: null,
    language: 'plan',
    trigger: 'manual',
    status: 'running',
    startedAtMs: 0,
    endedAtMs: null,
    ...given,
  }
}
