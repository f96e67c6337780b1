// Keeps everything in this process, and forgets the oldest finished runs. Values are kept by reference: nothing is copied.
import type { Event } from '../../core/events.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Append, RunRow, Store } from '../store.ts'

/** Finished runs that can still be looked at, and the events of all of them together; the last one is kept in any case. */
const FINISHED_RUNS_MAX = 1_000
const FINISHED_EVENTS_MAX = 200_000

export type MemoryStoreOptions = {
  /** Keeps values of at least this many bytes apart, as a durable store does. */
  readonly spillBytesMin?: number
  readonly finishedRunsMax?: number
  readonly finishedEventsMax?: number
}

type Kept = { row: RunRow; readonly events: Event[] }

export function openMemoryStore({
  spillBytesMin,
  finishedRunsMax = FINISHED_RUNS_MAX,
  finishedEventsMax = FINISHED_EVENTS_MAX,
}: MemoryStoreOptions = {}): Store {
  const plans = new Map<string, Plan>()
  const runs = new Map<string, Kept>()
  const keys = new Map<string, string>()
  const blobs = new Map<string, string>()
  const finished = new Set<string>()
  let finishedEvents = 0

  function forgetOldest(): void {
    for (const id of finished) {
      const isFew = finished.size <= finishedRunsMax && finishedEvents <= finishedEventsMax
      if (isFew || finished.size === 1) return
      const key = runs.get(id)?.row.key ?? null
      if (key !== null) keys.delete(key)
      finishedEvents -= runs.get(id)?.events.length ?? 0
      finished.delete(id)
      runs.delete(id)
    }
  }

  function appendOne({ run, events, row }: Append): void {
    let kept = runs.get(run)
    if (kept === undefined) {
      if (row === null) return
      kept = { row, events: [] }
      runs.set(run, kept)
      if (row.key !== null) keys.set(row.key, run)
    }
    for (const event of events) kept.events.push(event)
    if (row === null) return
    kept.row = row
    if (row.endedAtMs === null) return
    finished.add(run)
    finishedEvents += kept.events.length
    forgetOldest()
  }

  return {
    traits: { durable: false, instant: true, spillBytesMin: spillBytesMin ?? null },
    putPlan: (id, plan) => void plans.set(id, plan),
    getPlan: (id) => plans.get(id) ?? null,
    append: (batch) => batch.forEach(appendOne),
    events: (run, fromSeq) => runs.get(run)?.events.slice(fromSeq) ?? [],
    getRun: (id) => runs.get(id)?.row ?? null,
    findByKey: (key) => runs.get(keys.get(key) ?? '')?.row ?? null,
    listRuns: (limit) =>
      [...runs.values()]
        .slice(-limit)
        .toReversed()
        .map(({ row }) => row),
    openRuns: () => [...runs.values()].flatMap(({ row }) => (row.endedAtMs === null ? [row] : [])),
    putBlob: (hash, text) => void blobs.set(hash, text),
    getBlob: (hash) => blobs.get(hash) ?? null,
    close: () => undefined,
  }
}
