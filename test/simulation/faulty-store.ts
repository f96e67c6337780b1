// The store as one process has it: what it is told reaches the disk later, or not at all, and so does the answer.
// F1  An answer is given after the effect, and a refusal before it or after it: then nobody knows.
// F2  After a refusal this process reads and writes no more, as with a disk that has failed once.
// F3  What was not answered when the process ends may be on the disk all the same.
// F4  While the disk is full nothing is appended, and that is said: it may be tried again.
import { assert } from '../../src/lib/assert.ts'
import type { Rng } from '../../src/lib/rng.ts'
import { StoreError } from '../../src/stores/store-error.ts'
import type { Append, RunRow, Store } from '../../src/stores/store.ts'
import { toWritten, type Disk } from './disk.ts'
import type { Owner, Scheduler } from './scheduler.ts'

export type StoreFaults = {
  readonly spillBytesMin: number | null
  /** Of one write: refused before its effect, and after it. */
  readonly failsBefore: number
  readonly failsAfter: number
  readonly delayMsMax: number
  readonly onFailed: (how: 'before' | 'after') => void
}

export type FaultyStore = Store & {
  /** The process has ended: what was under way is written, or is not. */
  crash(): void
  /** It has refused something because the disk was full. */
  readonly wasFull: boolean
  /** It has just refused what the engine decided, and the engine knows: it tries that again, and begins nothing. */
  isHolding(): boolean
}

/** Less than the engine waits before it tries again. */
const HOLDING_MS = 200

export function openFaultyStore(
  disk: Disk,
  scheduler: Scheduler,
  rng: Rng,
  owner: Owner,
  faults: StoreFaults,
): FaultyStore {
  const underWay = new Set<() => void>()
  let hasFailed = false
  let wasFull = false
  let heldSinceMs: number | null = null

  function delayMs(): number {
    return rng.below(faults.delayMsMax + 1)
  }

  function full(batch: readonly Append[]): StoreError {
    wasFull = true
    // A run that is changed where it lies is no business of the engine's batches.
    const isOfEngine = batch.some(({ events, row }) => events.length > 0 && row?.status !== 'cancelled')
    if (isOfEngine) heldSinceMs = scheduler.nowMs
    return new StoreError('STORE_FULL', 'The disk is full', { isRetryable: true })
  }

  /** Has `effect` on the disk some time later, and answers later still. */
  function write(
    effect: () => void,
    onAnswer: () => void = () => undefined,
    isRefused: () => StoreError | null = () => null,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (hasFailed) return reject(new StoreError('STORE_FAILED', 'The disk has failed before'))
      const refuse = (how: 'before' | 'after'): void => {
        hasFailed = true
        faults.onFailed(how)
        reject(new StoreError('STORE_FAILED', `The disk has failed, ${how} it wrote`))
      }
      const once = (): void => {
        if (underWay.delete(once)) effect()
      }
      underWay.add(once)
      scheduler.after(delayMs(), owner, () => {
        if (rng.chance(faults.failsBefore)) {
          underWay.delete(once)
          return refuse('before')
        }
        const refusal = isRefused()
        if (refusal !== null) {
          underWay.delete(once)
          return reject(refusal)
        }
        once()
        const isLost = rng.chance(faults.failsAfter)
        scheduler.after(delayMs(), owner, () => {
          if (isLost) return refuse('after')
          onAnswer()
          resolve()
        })
      })
    })
  }

  function read<T>(look: () => T): T | Promise<T> {
    if (hasFailed) return Promise.reject(new StoreError('STORE_FAILED', 'The disk has failed before'))
    if (rng.chance(0.5)) return look()
    return new Promise((resolve) => void scheduler.after(delayMs(), owner, () => resolve(look())))
  }

  const rows = (): RunRow[] => [...disk.runs.values()].map(({ row }) => row)
  return {
    traits: { durable: true, instant: false, spillBytesMin: faults.spillBytesMin },
    place: null,
    putPlan(id, plan) {
      if (disk.plans.has(id)) return undefined
      const text = JSON.stringify(plan)
      return write(() => void disk.plans.set(id, text))
    },
    getPlan: (id) => read(() => disk.planOf(id)),
    append(batch) {
      assert(batch.length > 0, 'a batch has something in it')
      if (disk.isFull && !hasFailed && rng.chance(0.5)) throw full(batch)
      const written = batch.map(toWritten)
      return write(
        () => disk.write(written),
        () => {
          heldSinceMs = null
          disk.answer(written)
        },
        () => (disk.isFull ? full(batch) : null),
      )
    },
    events: (run, fromSeq) => read(() => disk.read(run).slice(fromSeq)),
    getRun: (id) => read(() => disk.runs.get(id)?.row ?? null),
    findByKey: (key) => read(() => rows().find((row) => row.key === key) ?? null),
    listRuns: ({ limit }) => read(() => rows().slice(-limit).toReversed()),
    countRuns: () => read(() => new Map(rows().map(({ status }) => [status, 1]))),
    forget: () => 0,
    check: () => [],
    openRuns: () => read(() => rows().filter(({ endedAtMs }) => endedAtMs === null)),
    get wasFull() {
      return wasFull
    },
    isHolding: () => heldSinceMs !== null && scheduler.nowMs - heldSinceMs < HOLDING_MS,
    putBlob: (hash, text) => (disk.blobs.has(hash) ? undefined : write(() => void disk.blobs.set(hash, text))),
    getBlob: (hash) => read(() => disk.blobs.get(hash) ?? null),
    close: () => undefined,
    crash() {
      for (const effect of underWay) if (!disk.isFull && rng.chance(0.5)) effect()
      underWay.clear()
    },
  }
}
