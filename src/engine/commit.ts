// Hands what was decided to the store, and says when it is stored.
// C1  The events of all runs that have some go to the store as one batch; one batch is in flight while the next gathers.
// C2  Effects come out in the order in which they were decided.
import type { Effect } from '../core/effects.ts'
import type { Event, Outcome } from '../core/events.ts'
import { Buffer } from '../lib/buffer.ts'
import type { Append, RunRow, Store } from '../stores/store.ts'
import { EngineError } from './errors.ts'
import type { LiveRun } from './live-run.ts'

export type Committer = {
  /** What a turn of a run decided. */
  hand(run: LiveRun, events: readonly Event[]): void
  /** What is to be done once that is stored. */
  owe(run: LiveRun, effect: Effect): void
  /** Gives the batch to the store, unless one is there. */
  flush(): void
  /** For use again. */
  giveBack(stored: Stored): void
}

/** What may be done and told now. `at` is the next effect. */
export class Stored {
  readonly effects = new Buffer<Effect>()
  readonly owners = new Buffer<LiveRun>()
  readonly runs = new Buffer<LiveRun>()
  at = 0

  clear(): void {
    this.effects.clear()
    this.owners.clear()
    this.runs.clear()
    this.at = 0
  }
}

export type CommitterPorts = {
  readonly store: Store
  /** Calls it when this turn of the event loop has done its other work: until then a batch gathers. */
  readonly yieldThen: (next: () => void) => void
  readonly onStored: (stored: Stored) => void
  readonly onFailed: (error: unknown) => void
}

export function createCommitter({ store, yieldThen, onStored, onFailed }: CommitterPorts): Committer {
  let batch: Append[] = []
  let gathering = new Stored()
  let spare: Stored | null = null
  let isFlushing = false
  let isAwaited = false

  function flush(): void {
    if (store.traits.instant) return flushNow()
    if (isAwaited || isFlushing || gathering.runs.count === 0) return
    isAwaited = true
    yieldThen(() => {
      isAwaited = false
      tryFlush()
    })
  }

  /** Outside of a pump, whatever the store says has to be caught here. */
  function tryFlush(): void {
    try {
      flushNow()
    } catch (error) {
      onFailed(error)
    }
  }

  function flushNow(): void {
    if (isFlushing || gathering.runs.count === 0) return
    const [appends, going] = [batch, gathering]
    batch = []
    gathering = spare ?? new Stored()
    spare = null
    const stored = appends.length === 0 ? undefined : append(appends)
    if (!(stored instanceof Promise)) return onStored(going)
    isFlushing = true
    stored.then(() => {
      isFlushing = false
      onStored(going)
    }, onFailed)
  }

  function append(appends: readonly Append[]): void | Promise<void> {
    try {
      return store.append(appends)
    } catch (error) {
      throw new EngineError('STORE_FAILED', 'The store failed', { cause: error })
    }
  }

  return {
    hand(run, events) {
      if (events.length > 0) batch.push(appendOf(run, events))
      gathering.runs.push(run)
    },
    owe(run, effect) {
      gathering.effects.push(effect)
      gathering.owners.push(run)
    },
    flush,
    giveBack(stored) {
      stored.clear()
      spare = stored
    },
  }
}

/** A run's events of one turn, numbered, with its row when that has changed. */
function appendOf(run: LiveRun, events: readonly Event[]): Append {
  const { outcome } = run.state
  const firstSeq = run.nextSeq
  run.nextSeq += events.length
  if (outcome !== null) run.row = { ...run.row, status: rowStatus(outcome), endedAtMs: run.lastMs }
  return { run: run.id, firstSeq, events, row: firstSeq === 0 || outcome !== null ? run.row : null }
}

function rowStatus({ outcome }: Outcome): RunRow['status'] {
  return outcome === 'success' || outcome === 'skipped' ? 'completed' : outcome
}
