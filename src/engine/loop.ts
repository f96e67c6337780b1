// Takes turns for runs: what arrived goes to the core, events go to the store, and effects are performed once they are stored.
// E1  Deciding never waits. Effects and answers wait until the events that led to them are stored; pure tasks start at once.
// E2  The events of all runs that have some go to the store as one batch; one batch is in flight while the next gathers.
// E3  A turn of the event loop is bounded, so that a long chain of quick steps keeps neither a cancel nor another run out.
import type { Component, Components } from '../components/component.ts'
import { advance } from '../core/advance.ts'
import { isTaskOpen } from '../core/answers.ts'
import type { Effect, RunTask } from '../core/effects.ts'
import type { Event, Outcome } from '../core/events.ts'
import type { Fact, Moment } from '../core/facts.ts'
import { Turn } from '../core/turn.ts'
import { unreachable } from '../lib/assert.ts'
import { Buffer } from '../lib/buffer.ts'
import type { Program } from '../plan/link.ts'
import type { Plan } from '../plan/plan.ts'
import type { Append, Maybe, RunRow, Store } from '../stores/store.ts'
import type { Alarms } from './alarms.ts'
import type { Clock } from './clock.ts'
import { createDispatch } from './dispatch.ts'
import { EngineError } from './errors.ts'
import type { Limits } from './limits.ts'
import type { LiveRun } from './live-run.ts'
import type { Values } from './values.ts'

export type LoopPorts = {
  readonly store: Store
  readonly components: Components
  readonly clock: Clock
  readonly alarms: Alarms
  readonly limits: Limits
  readonly values: Values
  readonly link: (plan: Plan) => Program
  /** A run has ended, and that is stored. */
  readonly onEnd: (run: LiveRun, outcome: Outcome) => void
  /** The store failed: nothing more is decided. */
  readonly onBroken: (error: unknown) => void
}

export type Loop = {
  /** Puts a fact into a run's mailbox; it is decided before other work of the event loop. */
  post(run: LiveRun, fact: Fact): void
  /** Decides what has arrived right now. */
  pump(): void
}

export function createLoop(ports: LoopPorts): Loop {
  const { store, components, clock, alarms, limits, values } = ports
  const dispatch = createDispatch({ ...ports, post })
  const chance = (): number => clock.chance()
  const queue: LiveRun[] = []
  const starved = new Set<LiveRun>()
  let batch: Append[] = []
  let outgoing = new Outgoing()
  let spare = new Outgoing()
  let turn: Turn | null = null
  let callsReserved = 0
  let decisions = 0
  let pumpedSinceMs = 0
  let isPumping = false
  let isScheduled = false
  let isFlushing = false
  let isBroken = false

  function post(run: LiveRun, fact: Fact): void {
    run.mailbox.push(fact)
    if (run.isQueued) return
    run.isQueued = true
    queue.push(run)
    if (isPumping || isScheduled) return
    isScheduled = true
    queueMicrotask(pump)
  }

  function pump(): void {
    isScheduled = false
    if (isPumping || isBroken) return
    isPumping = true
    try {
      while (queue.length > 0 && mayDecide()) takeTurns()
    } catch (error) {
      // A mistake of ours: better that everybody is told than that somebody waits for ever.
      const mistake = 'The engine made a mistake and has stopped'
      breakDown(error instanceof EngineError ? error : new EngineError('ENGINE_FAILED', mistake, { cause: error }))
    }
    isPumping = false
    if (queue.length > 0) yieldThenPump()
  }

  function takeTurns(): void {
    const count = queue.length
    for (let index = 0; index < count; index += 1) {
      const run = queue[index]
      if (run !== undefined) takeTurn(run)
    }
    queue.splice(0, count)
    flush()
    feedStarved()
  }

  function mayDecide(): boolean {
    if (decisions === 0) pumpedSinceMs = clock.nowMs()
    return decisions < limits.decisionsPerTurnMax && clock.nowMs() - pumpedSinceMs <= limits.turnMsMax
  }

  function yieldThenPump(): void {
    isScheduled = true
    clock.yieldThen(() => {
      decisions = 0
      pump()
    })
  }

  function takeTurn(run: LiveRun): void {
    run.isQueued = false
    turn ??= new Turn(run.state)
    const { mailbox } = run
    run.mailbox = run.spare
    run.spare = mailbox
    advance(turn, run.state, mailbox.items, momentOf(run), mailbox.count)
    mailbox.clear()
    const { events, effects } = turn
    decisions += 1 + events.count
    if (events.count > 0) batch.push(appendOf(run, events.toArray()))
    for (let index = 0; index < effects.count; index += 1) {
      const effect = effects.items[index]
      if (effect !== undefined) owe(run, effect)
    }
    if (events.count > 0 || effects.count > 0) outgoing.runs.push(run)
    if (run.state.ready.size > 0 || run.state.starved.size > 0) starved.add(run)
    else if (starved.size > 0) starved.delete(run)
  }

  function momentOf(run: LiveRun): Moment {
    run.lastMs = Math.max(run.lastMs, clock.nowMs())
    return { nowMs: run.lastMs, chance, slots: slotsOf(run) }
  }

  function slotsOf(run: LiveRun): number {
    const ofRun = run.callsMax - run.calls.size - run.callsReserved
    return Math.min(ofRun, limits.callsPerEngineMax - dispatch.callsOpen - callsReserved)
  }

  /** Runs with steps that wait for a slot go on when there are some again. */
  function feedStarved(): void {
    for (const run of starved) if (slotsOf(run) > 0) post(run, { kind: 'slots-freed' })
  }

  function owe(run: LiveRun, effect: Effect): void {
    if (effect.kind === 'run-task') {
      if (!store.traits.instant && findFor(effect)?.effect === 'pure') return dispatch.runTask(run, effect)
      run.callsReserved += 1
      callsReserved += 1
    }
    outgoing.effects.push(effect)
    outgoing.owners.push(run)
  }

  function findFor({ at, frame }: RunTask): Component | null {
    return components.find(at.component, frame === 0 ? at.id : null, at.alias)
  }

  /** Hands what was decided to the store; what depends on it is released when it is stored. */
  function flush(): void {
    if (isFlushing || outgoing.runs.count === 0) return
    const [appends, going] = [batch, outgoing]
    batch = []
    outgoing = spare
    const stored = appends.length === 0 ? undefined : append(appends)
    if (!(stored instanceof Promise)) return release(going)
    isFlushing = true
    stored.then(
      () => {
        isFlushing = false
        isPumping = true
        release(going)
        isPumping = false
        flush()
        pump()
      },
      (error: unknown) => breakDown(error),
    )
  }

  function append(appends: readonly Append[]): Maybe<void> {
    try {
      return store.append(appends)
    } catch (error) {
      throw new EngineError('STORE_FAILED', 'The store failed', { cause: error })
    }
  }

  function release(going: Outgoing): void {
    const { runs, owners, effects } = going
    for (let index = 0; index < effects.count; index += 1) {
      const [run, effect] = [owners.items[index], effects.items[index]]
      if (run !== undefined && effect !== undefined) perform(run, effect)
    }
    for (let index = 0; index < runs.count; index += 1) runs.items[index]?.noticeStored()
    going.clear()
    spare = going
  }

  function perform(run: LiveRun, effect: Effect): void {
    switch (effect.kind) {
      case 'run-task':
        run.callsReserved -= 1
        callsReserved -= 1
        if (isTaskOpen(run.state, effect)) dispatch.runTask(run, effect)
        return
      case 'wake-at': {
        const { atMs, frame, step, lane, attempt } = effect
        alarms.set(atMs, () => post(run, { kind: 'timer-fired', frame, step, lane, attempt }))
        return
      }
      case 'load-values':
        return values.load(effect.hashes, (loaded) => post(run, { kind: 'values-loaded', values: loaded }), breakDown)
      case 'cancel-tasks':
        return dispatch.cancel(run, effect.tasks)
      case 'tell-outcome':
        starved.delete(run)
        return ports.onEnd(run, effect.outcome)
      default:
        return unreachable(effect)
    }
  }

  function breakDown(error: unknown): void {
    isBroken = true
    queue.length = 0
    ports.onBroken(error)
  }

  return { post, pump }
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

/** What waits for one batch to be stored: effects with the runs they belong to, and the runs to be told. */
class Outgoing {
  readonly effects = new Buffer<Effect>()
  readonly owners = new Buffer<LiveRun>()
  readonly runs = new Buffer<LiveRun>()

  clear(): void {
    this.effects.clear()
    this.owners.clear()
    this.runs.clear()
  }
}
