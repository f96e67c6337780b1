// Keeps everything in this process, and forgets the oldest finished runs. Values are kept by reference: nothing is copied.
import type { Event } from '../../core/events.ts'
import type { Plan } from '../../plan/plan.ts'
import { END_STATUSES, keptMs } from '../retention.ts'
import type { Append, RunQuery, RunRow, RunRowStatus, Store } from '../store.ts'

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
      forgetOne(id)
    }
  }

  function forgetOne(id: string): void {
    const key = runs.get(id)?.row.key ?? null
    if (key !== null) keys.delete(key)
    finishedEvents -= runs.get(id)?.events.length ?? 0
    finished.delete(id)
    runs.delete(id)
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

  function named(query: RunQuery): readonly RunRow[] {
    return [...runs.values()].flatMap(({ row }) => (isNamed(row, query) ? [row] : []))
  }

  return {
    traits: { durable: false, instant: true, spillBytesMin: spillBytesMin ?? null },
    place: null,
    putPlan: (id, plan) => void plans.set(id, plan),
    getPlan: (id) => plans.get(id) ?? null,
    append: (batch) => batch.forEach(appendOne),
    events: (run, fromSeq) => runs.get(run)?.events.slice(fromSeq) ?? [],
    getRun: (id) => runs.get(id)?.row ?? null,
    findByKey: (key) => runs.get(keys.get(key) ?? '')?.row ?? null,
    listRuns: (query) => named(query).slice(-query.limit).toReversed(),
    countRuns(query) {
      const counts = new Map<RunRowStatus, number>()
      for (const { status } of named(query)) counts.set(status, (counts.get(status) ?? 0) + 1)
      return counts
    },
    openRuns: () => [...runs.values()].flatMap(({ row }) => (row.endedAtMs === null ? [row] : [])),
    putBlob: (hash, text) => void blobs.set(hash, text),
    getBlob: (hash) => blobs.get(hash) ?? null,
    forget(keep, nowMs) {
      const old = [...finished].filter((id) => {
        const row = runs.get(id)?.row
        const status = END_STATUSES.find((end) => end === row?.status)
        if (row === undefined || row.endedAtMs === null || status === undefined) return false
        return row.endedAtMs < nowMs - keptMs(keep, row.flow, status)
      })
      for (const id of old) forgetOne(id)
      return old.length
    },
    check: () => [],
    close: () => undefined,
  }
}

function isNamed(row: RunRow, { flow, status, trigger, fromMs, untilMs, text }: RunQuery): boolean {
  return (
    (flow ?? row.flow) === row.flow &&
    (status ?? row.status) === row.status &&
    (trigger ?? row.trigger) === row.trigger &&
    row.startedAtMs >= (fromMs ?? 0) &&
    row.startedAtMs < (untilMs ?? Number.POSITIVE_INFINITY) &&
    [row.id, row.key, row.flow].some((part) => part?.includes(text ?? '') === true)
  )
}
