// Hands what was decided to the store, and says when it is stored.
// C1  The events of all runs that have some go to the store as one batch; one batch is in flight while the next gathers.
// C2  Effects come out in the order in which they were decided.
// C3  A batch that finds the disk full is kept and tried again: runs that began with it are refused, the others wait.
import type { Effect } from '../core/effects.ts'
import { elideStarts } from '../core/elide.ts'
import type { Event } from '../core/events.ts'
import { Buffer } from '../lib/buffer.ts'
import { StoreError } from '../stores/store-error.ts'
import type { Append, Store } from '../stores/store.ts'
import { EngineError } from './errors.ts'
import type { LiveRun } from './live-run.ts'

export type Committer = {
  /** What a turn of a run decided; the list is the committer's from then on. */
  hand(run: LiveRun, events: Event[]): void
  /** What is to be done once that is stored. */
  owe(run: LiveRun, effect: Effect): void
  /** Gives the batch to the store, unless one is there. At once where nobody else can add to it and something waits for it. */
  flush(isAlone: boolean): void
  /** For use again. */
  giveBack(stored: Stored): void
  /** Something is on its way to the store. */
  readonly isBusy: boolean
  /** Events that were decided and are not stored. */
  readonly eventsAhead: number
  /** Why nothing can be stored at the moment; `null`: it can. */
  readonly held: EngineError | null
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
  /** Calls it after a while. */
  readonly later: (delayMs: number, next: () => void) => void
  readonly onStored: (stored: Stored) => void
  /** The start of this run cannot be stored. */
  readonly onRefused: (run: LiveRun, error: EngineError) => void
  readonly onFailed: (error: unknown) => void
}

/** Between tries of what found the disk full. */
export const FULL_RETRY_MS = 250

export function createCommitter(ports: CommitterPorts): Committer {
  const { store, onStored, onFailed } = ports
  let gathering = new Stored()
  let spare: Stored | null = null
  const room = new Buffer<Append>()
  let eventsAhead = 0
  let isFlushing = false
  let isAwaited = false
  let held: EngineError | null = null

  function flush(isAlone: boolean): void {
    if (store.traits.instant || (isAlone && gathering.effects.count > 0)) return flushNow()
    if (isAwaited || isFlushing || gathering.runs.count === 0) return
    isAwaited = true
    ports.yieldThen(() => {
      isAwaited = false
      guarded(flushNow)
    })
  }

  /** Outside of a pump, whatever the store says has to be caught here. */
  function guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      onFailed(error)
    }
  }

  function flushNow(): void {
    if (isFlushing || gathering.runs.count === 0) return
    const going = gathering
    gathering = spare ?? new Stored()
    spare = null
    const appends = appendsOf(going, room, store.traits.instant)
    eventsAhead = 0
    give(appends, going)
  }

  function give(appends: readonly Append[], going: Stored): void {
    isFlushing = true
    let storing: void | Promise<void>
    try {
      storing = appends.length === 0 ? undefined : store.append(appends)
    } catch (error) {
      return hold(error, appends, going)
    }
    if (!(storing instanceof Promise)) return finish(going)
    storing.then(
      () => guarded(() => finish(going)),
      (error: unknown) => guarded(() => hold(error, appends, going)),
    )
  }

  function finish(going: Stored): void {
    isFlushing = false
    held = null
    onStored(going)
  }

  /** A full disk may have room again; after any other failure nobody knows what the disk holds. */
  function hold(cause: unknown, appends: readonly Append[], going: Stored): void {
    if (!(cause instanceof StoreError && cause.isRetryable))
      throw new EngineError(
        'STORE_FAILED',
        `The store failed: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      )
    const error = new EngineError(cause.code, cause.message, { isRetryable: true, cause })
    held = error
    const refused = new Set<string>()
    for (const run of going.runs.toArray()) {
      if (run.isStarted) continue
      refused.add(run.id)
      ports.onRefused(run, error)
    }
    const kept = appends.filter(({ run }) => !refused.has(run))
    ports.later(FULL_RETRY_MS, () => guarded(() => give(kept, going)))
  }

  return {
    hand(run, events) {
      eventsAhead += events.length
      run.turnsAhead += 1
      if (run.unstored === null) run.unstored = events
      else for (const event of events) run.unstored.push(event)
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
    get isBusy() {
      return isFlushing || gathering.runs.count > 0
    },
    get eventsAhead() {
      return eventsAhead
    },
    get held() {
      return held
    },
  }
}

/** One append for each run, with what its turns decided together. An instant store gets them turn by turn: there is no start to leave out. */
function appendsOf(going: Stored, appends: Buffer<Append>, isInstant: boolean): readonly Append[] {
  const { runs } = going
  appends.clear()
  for (let index = 0; index < runs.count; index += 1) {
    const run = runs.items[index]
    if (run === undefined || run.broken !== null) continue
    run.noticeGoing(going)
    const decided = run.unstored ?? NO_EVENTS
    run.unstored = null
    const events = isInstant ? decided : elideStarts(decided)
    if (events.length > 0 || run.isRowNew) appends.push(appendOf(run, events))
  }
  return appends.toArray()
}

const NO_EVENTS: readonly Event[] = []

/** A run's events, numbered, with its row when that has changed. */
function appendOf(run: LiveRun, events: readonly Event[]): Append {
  const firstSeq = run.nextSeq
  run.nextSeq += events.length
  const row = run.isRowNew ? run.row : null
  run.isRowNew = false
  return { run: run.id, firstSeq, events, row }
}
