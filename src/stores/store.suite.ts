// What every store does, whatever it is made of. Each driver's test calls this with a way to open an empty one, and, where it writes to
// something, with one to keep it from that until the answer is called.
import { afterEach, describe, expect, test } from 'vitest'
import type { Event } from '../core/events.ts'
import { sha256 } from '../lib/hash.ts'
import { aPlan } from '../testing/plans.ts'
import { RETENTION } from './retention.ts'
import { NOTHING_GIVEN, type RunRow, type Store } from './store.ts'

export function storeSuite(name: string, open: () => Store, hold: (store: Store) => () => void = () => nothing): void {
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
      expect((await store.events('a', 1, 1)).map(({ atMs }) => atMs)[0]).toBe(2)
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
      expect((await store.listRuns({ limit: 2 })).map(({ id }) => id)).toEqual(['c', 'b'])
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
      expect(await store.getBlob('absent', null)).toBeNull()
    })

    test('lists and counts the runs that a query names', async () => {
      const store = fresh()
      for (const [id, given] of [
        ['a', { flow: 'orders', status: 'failed', startedAtMs: 1, endedAtMs: 2 }],
        ['b', { flow: 'orders', startedAtMs: 5 }],
        ['c', { flow: 'mail', key: 'order-7', trigger: 'schedule', startedAtMs: 9 }],
      ] as const)
        await store.append([{ run: id, firstSeq: 0, events: [], row: row(id, given) }])
      const ids = async (query: object): Promise<readonly string[]> =>
        (await store.listRuns({ limit: 9, ...query })).map(({ id }) => id)
      expect(await ids({ flow: 'orders' })).toEqual(['b', 'a'])
      expect(await ids({ status: 'failed' })).toEqual(['a'])
      expect(await ids({ trigger: 'schedule' })).toEqual(['c'])
      expect(await ids({ fromMs: 5, untilMs: 9 })).toEqual(['b'])
      expect(await ids({ text: 'order' })).toEqual(['c', 'b', 'a'])
      expect(await ids({ text: 'order-' })).toEqual(['c'])
      expect(await store.countRuns({ limit: 1 })).toEqual(
        new Map([
          ['failed', 1],
          ['running', 2],
        ]),
      )
    })

    test('keeps what a run waits for and what it was given', async () => {
      const store = fresh()
      const waitsFor = { kind: 'decision', steps: ['mail[3]'] } as const
      const given = { deadlineMs: 7, callsMax: 2, from: 'b', ground: { components: ['a.ts'] } }
      await store.append([{ run: 'a', firstSeq: 0, events: [], row: row('a', { waitsFor, given, resumes: 2 }) }])
      expect(await store.getRun('a')).toEqual(row('a', { waitsFor, given, resumes: 2 }))
    })

    test('keeps a blob whose event comes after the row of its run has changed', async () => {
      const store = fresh()
      const [text, hash] = ['{"n":2}', sha256('{"n":2}')]
      await store.append([{ run: 'a', firstSeq: 0, events: [resumed(1)], row: row('a') }])
      await store.putBlob(hash, text, 'a')
      await store.append([{ run: 'a', firstSeq: 1, events: [], row: row('a', { status: 'paused' }) }])
      await store.append([{ run: 'a', firstSeq: 1, events: [resumed(2)], row: null }])
      expect(await store.getBlob(hash, null)).toBe(text)
    })

    test('gives no run the log of one that was forgotten', async () => {
      const store = fresh()
      await store.append([{ run: 'old', firstSeq: 0, events: [resumed(1)], row: row('old', ENDED) }])
      expect(await store.events('old', 0)).toHaveLength(1)
      await store.forget({ ...RETENTION, runsMs: 5 }, 100)
      await store.append([{ run: 'new', firstSeq: 0, events: [resumed(2)], row: row('new') }])
      expect(await store.events('old', 0)).toEqual([])
    })

    test('keeps blobs and gives them back', async () => {
      const store = fresh()
      const [text, hash] = ['{"n":1}', sha256('{"n":1}')]
      await store.append([{ run: 'a', firstSeq: 0, events: [], row: row('a') }])
      await store.putBlob(hash, text, 'a')
      await store.putBlob(hash, text, 'a')
      expect(await store.getBlob(hash, null)).toBe(text)
      await store.append([{ run: 'a', firstSeq: 0, events: [resumed(1)], row: null }])
      expect(await store.getBlob(hash, null)).toBe(text)
    })

    test('takes plans and blobs while nothing can be written, and writes them with what names them', async () => {
      const store = fresh()
      const [text, hash] = ['{"n":1}', sha256('{"n":1}')]
      const goOn = hold(store)
      await store.putPlan('p', aPlan([]))
      await store.putBlob(hash, text, 'a')
      expect(await store.getBlob(hash, 'a')).toBe(text)
      goOn()
      await store.append([{ run: 'a', firstSeq: 0, events: [begun], row: row('a') }])
      expect(await store.getBlob(hash, null)).toBe(text)
      expect(await store.getPlan('p')).toEqual(aPlan([]))
    })

    test('forgets ended runs that are too old, failed ones later, and never one that goes on', async () => {
      const store = fresh()
      for (const [id, given] of [
        ['old', { status: 'completed', endedAtMs: 10 }],
        ['failed', { status: 'failed', endedAtMs: 10 }],
        ['new', { status: 'completed', endedAtMs: 90 }],
        ['open', {}],
      ] as const)
        await store.append([{ run: id, firstSeq: 0, events: [resumed(1)], row: row(id, given) }])
      expect(await store.forget({ ...RETENTION, runsMs: 50, failedRunsMs: 200 }, 100)).toBe(1)
      expect((await store.listRuns({ limit: 9 })).map(({ id }) => id)).toEqual(['open', 'new', 'failed'])
      expect(await store.events('old', 0)).toEqual([])
    })

    test('keeps runs by how they ended, and those of some flows longer or shorter', async () => {
      const store = fresh()
      for (const [id, given] of [
        ['success', { status: 'completed', endedAtMs: 90 }],
        ['cancelled', { status: 'cancelled', endedAtMs: 50 }],
        ['failed', { status: 'failed', endedAtMs: 50 }],
        ['kept', { status: 'cancelled', endedAtMs: 10, flow: 'audit' }],
        ['short', { status: 'failed', endedAtMs: 60, flow: 'nightly' }],
        ['as all', { status: 'cancelled', endedAtMs: 20, flow: 'nightly' }],
      ] as const)
        await store.append([{ run: id, firstSeq: 0, events: [resumed(1)], row: row(id, given) }])
      const keep = { ...RETENTION, runsMs: 100, completedRunsMs: 5, failedRunsMs: 60, cancelledRunsMs: 70 }
      const flows = { audit: { cancelledRunsMs: Number.POSITIVE_INFINITY }, nightly: { failedRunsMs: 30 } }
      expect(await store.forget({ ...keep, flows }, 100)).toBe(3)
      expect((await store.listRuns({ limit: 9 })).map(({ id }) => id)).toEqual(['kept', 'failed', 'cancelled'])
    })
  })
}

const nothing = (): void => undefined
const begun: Event = { kind: 'run-started', atMs: 1, plan: 'p', input: null, variables: {} }

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
    waitsFor: null,
    resumes: 0,
    given: NOTHING_GIVEN,
    ...given,
  }
}

const ENDED = { status: 'completed', endedAtMs: 2 } as const
