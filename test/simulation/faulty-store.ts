// The store as one process has it: what it is told reaches the disk later, or not at all, and so does the answer.
// F1  An answer is given after the effect, and a refusal before it or after it: then nobody knows.
// F2  After a refusal this process reads and writes no more, as with a disk that has failed once.
// F3  What was not answered when the process ends may be on the disk all the same.
import { assert } from '../../src/lib/assert.ts'
import type { Rng } from '../../src/lib/rng.ts'
import type { RunRow, Store } from '../../src/stores/store.ts'
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
}

export function openFaultyStore(
  disk: Disk,
  scheduler: Scheduler,
  rng: Rng,
  owner: Owner,
  faults: StoreFaults,
): FaultyStore {
  const underWay = new Set<() => void>()
  let hasFailed = false

  function delayMs(): number {
    return rng.below(faults.delayMsMax + 1)
  }

  /** Has `effect` on the disk some time later, and answers later still. */
  function write(effect: () => void, onAnswer: () => void = () => undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (hasFailed) return reject(new Error('The disk has failed before'))
      const refuse = (how: 'before' | 'after'): void => {
        hasFailed = true
        faults.onFailed(how)
        reject(new Error(`The disk has failed, ${how} it wrote`))
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
        once()
        const isRefused = rng.chance(faults.failsAfter)
        scheduler.after(delayMs(), owner, () => {
          if (isRefused) return refuse('after')
          onAnswer()
          resolve()
        })
      })
    })
  }

  function read<T>(look: () => T): T | Promise<T> {
    if (hasFailed) return Promise.reject(new Error('The disk has failed before'))
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
      const written = batch.map(toWritten)
      return write(
        () => disk.write(written),
        () => disk.answer(written),
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
    putBlob: (hash, text) => (disk.blobs.has(hash) ? undefined : write(() => void disk.blobs.set(hash, text))),
    getBlob: (hash) => read(() => disk.blobs.get(hash) ?? null),
    close: () => undefined,
    crash() {
      for (const effect of underWay) if (rng.chance(0.5)) effect()
      underWay.clear()
    },
  }
}
