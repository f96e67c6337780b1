// Takes turns for runs: what arrived goes to the core, what it decided to the committer, and effects are performed once they are stored.
// E1  Deciding never waits. Effects and answers wait until the events that led to them are stored; pure tasks start at once.
// E2  A turn of the event loop is bounded, in decisions and in time, also while effects are performed: neither a long chain
//     of quick steps nor many slow components keep a cancel or another run out.
// E3  A run that has ended is left alone: what still arrives for it is dropped.
import type { Components } from '../components/component.ts'
import { advance } from '../core/advance.ts'
import { isTaskOpen } from '../core/answers.ts'
import type { Effect, RunTask } from '../core/effects.ts'
import type { Event, Outcome } from '../core/events.ts'
import type { Fact, Moment } from '../core/facts.ts'
import { Turn } from '../core/turn.ts'
import { unreachable } from '../lib/assert.ts'
import { Buffer } from '../lib/buffer.ts'
import type { MaybeAsync } from '../lib/maybe-async.ts'
import type { Program } from '../plan/link.ts'
import type { Plan } from '../plan/plan.ts'
import type { Store } from '../stores/store.ts'
import type { Alarms } from './alarms.ts'
import { createBudget } from './budget.ts'
import type { Clock } from './clock.ts'
import { createCommitter, type Stored } from './commit.ts'
import { createDispatch } from './dispatch.ts'
import { EngineError } from './errors.ts'
import type { Limits } from './limits.ts'
import { type LiveRun, taskKey } from './live-run.ts'
import { keepRow } from './run-row.ts'
import type { Values } from './values.ts'

export type LoopPorts = {
  readonly store: Store
  readonly components: Components
  readonly clock: Clock
  readonly alarms: Alarms
  readonly limits: Limits
  readonly values: Values
  readonly link: (plan: Plan) => Program
  /** Whether there is but one run. Where nothing works for it either, nobody can add to its batch. */
  readonly isAlone: () => boolean
  readonly keepPlan: (program: Program) => MaybeAsync<void>
  /** Something arrived for a run that is not in memory. */
  readonly onWanted: (run: LiveRun) => void
  /** Something of a run was stored, and what followed from it is being done. */
  readonly onSettled: (run: LiveRun) => void
  /** A run has ended, and that is stored. */
  readonly onEnd: (run: LiveRun, outcome: Outcome) => void
  /** The start of a run cannot be stored, and never will be. */
  readonly onRefused: (run: LiveRun, error: EngineError) => void
  /** The store failed: nothing more is decided. */
  readonly onBroken: (error: unknown) => void
}

export type Loop = {
  /** Puts a fact into a run's mailbox; it is decided before other work of the event loop. */
  post(run: LiveRun, fact: Fact): void
  /** A run is in memory again: it is told why, before all that has arrived for it meanwhile. */
  enter(run: LiveRun, why: Fact): void
  /** Decides what has arrived right now. */
  pump(): void
  /** Takes up what a run has decided elsewhere: it is stored, and its effects are performed. */
  adopt(run: LiveRun, events: Event[], effects: readonly Effect[]): void
  /** Begins no more tasks; resolved when those at work have answered and that is stored, or after `graceMs`. */
  drain(graceMs: number): Promise<void>
  /** Why nothing can be stored at the moment; `null`: it can. */
  readonly held: EngineError | null
}

/** What a crash repeats of pure tasks is bounded. */
const EVENTS_AHEAD_MAX = 10_000

/** The clock is read once for so many turns or effects. */
const CHECK_EVERY = 8

export function createLoop(ports: LoopPorts): Loop {
  const { store, clock, alarms, limits, values } = ports
  const dispatch = createDispatch({ ...ports, post, onFailed: breakDown })
  const committer = createCommitter({
    store,
    yieldThen: (next) => clock.yieldThen(next),
    later: (delayMs, next) => void alarms.set(clock.nowMs() + delayMs, next),
    onStored,
    onRefused: refuse,
    onFailed: breakDown,
  })
  const budget = createBudget(clock, limits, () => {
    hasTold = false
    if (hasWork()) pump()
  })
  const chance = (): number => clock.chance()
  const queue = new Buffer<LiveRun>()
  const starved = new Set<LiveRun>()
  const stored = new Buffer<Stored>()
  let turn: Turn | null = null
  let callsReserved = 0
  /** Somebody is told something, and hears it when this turn of the event loop is over: before more is stored, which may fail. */
  let hasTold = false
  let isPumping = false
  let isScheduled = false
  let isBroken = false
  let onQuiet: (() => void) | null = null

  function post(run: LiveRun, fact: Fact): void {
    if (isBroken || run.broken !== null || run.outcome !== null) return
    if (run.isAsleep) {
      run.mailbox.push(fact)
      return ports.onWanted(run)
    }
    if (run.state.status === 'ended') return
    run.mailbox.push(fact)
    enqueue(run)
  }

  function enter(run: LiveRun, why: Fact): void {
    if (isBroken || run.broken !== null) return
    const arrived = run.mailbox.toArray()
    run.mailbox.clear()
    for (const fact of [why, ...arrived]) run.mailbox.push(fact)
    enqueue(run)
  }

  function enqueue(run: LiveRun): void {
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
      while (hasWork() && budget.mayGoOn()) {
        performStored()
        takeTurns()
      }
    } catch (error) {
      // A mistake of ours: better that everybody is told than that somebody waits for ever.
      const mistake = 'The engine made a mistake and has stopped'
      breakDown(error instanceof EngineError ? error : new EngineError('ENGINE_FAILED', mistake, { cause: error }))
    }
    isPumping = false
    if (hasWork())
      isScheduled = true // the end of the budget has it go on
    else tellQuiet()
  }

  function tellQuiet(): void {
    if (dispatch.callsOpen === 0 && callsReserved === 0 && !committer.isBusy) onQuiet?.()
  }

  function hasWork(): boolean {
    return queue.count > 0 || stored.count > 0
  }

  function takeTurns(): void {
    let taken = 0
    for (const { count } = queue; taken < count; taken += 1) {
      if (taken % CHECK_EVERY === CHECK_EVERY - 1 && !budget.mayGoOn()) break
      const run = queue.items[taken]
      if (run !== undefined) takeTurn(run)
    }
    queue.drop(taken)
    flush()
    feedStarved()
  }

  function flush(): void {
    committer.flush(!hasTold && queue.count === 0 && dispatch.callsOpen === 0 && ports.isAlone())
  }

  function takeTurn(run: LiveRun): void {
    run.isQueued = false
    const { state } = run
    const mailbox = run.takeMail()
    if (state.status === 'ended' || run.broken !== null) return mailbox.clear()
    turn ??= new Turn(state)
    advance(turn, state, mailbox.items, momentOf(run), mailbox.count)
    mailbox.clear()
    run.noticeTurn()
    const { events, effects } = turn
    budget.spend(1 + events.count)
    keepRow(run, turn)
    if (events.count > 0 || effects.count > 0 || run.isRowNew || run.isAwaited) committer.hand(run, events.toArray())
    else if (run.row.waitsFor !== null) ports.onSettled(run)
    for (let index = 0; index < effects.count; index += 1) {
      const effect = effects.items[index]
      if (effect !== undefined) owe(run, effect)
    }
    const isStarved = state.ready.size > 0 || state.starved.size > 0
    if (isStarved && run.state.outcome === null) starved.add(run)
    else if (starved.size > 0) starved.delete(run)
  }

  function momentOf(run: LiveRun): Moment {
    run.lastMs = Math.max(run.lastMs, budget.nowMs())
    return { nowMs: run.lastMs, chance, slots: slotsOf(run) }
  }

  function slotsOf(run: LiveRun): number {
    if (run.isPaused || onQuiet !== null) return 0
    const ofRun = run.callsMax - run.callCount - run.callsReserved
    return Math.min(ofRun, limits.callsPerEngineMax - dispatch.callsOpen - callsReserved)
  }

  /** Runs with steps that wait for a slot go on when there are some again. */
  function feedStarved(): void {
    for (const run of starved) if (slotsOf(run) > 0) post(run, { kind: 'slots-freed' })
  }

  function owe(run: LiveRun, effect: Effect): void {
    if (effect.kind === 'run-task') {
      const isInDoubt = wasInDoubt(run, effect)
      const component = isInDoubt || !store.traits.instant ? dispatch.find(effect) : null
      if (isInDoubt && component?.effect === 'at-most-once') return dispatch.lose(run, effect, component)
      const mayRunAhead = !store.traits.instant && committer.eventsAhead < EVENTS_AHEAD_MAX
      if (component?.effect === 'pure' && mayRunAhead) return runTask(run, effect)
      run.callsReserved += 1
      callsReserved += 1
    }
    committer.owe(run, effect)
  }

  function runTask(run: LiveRun, task: RunTask): void {
    const beganAtMs = budget.nowMs()
    budget.passTime()
    dispatch.runTask(run, task, beganAtMs)
  }

  /** Inside a pump it goes on with that; a store that took its time wakes one. */
  function onStored(going: Stored): void {
    budget.passTime()
    stored.push(going)
    if (isPumping) performStored()
    else {
      committer.flush(false) // not at once: what is stored has to be told before more is
      pump()
      feedStarved()
      if (!hasWork()) tellQuiet()
    }
  }

  function performStored(): void {
    while (stored.count > 0) {
      const going = stored.items[0]
      if (going === undefined) return
      const { effects, owners, runs } = going
      for (; going.at < effects.count; going.at += 1) {
        if (going.at % CHECK_EVERY === CHECK_EVERY - 1 && !budget.mayGoOn()) return
        const run = owners.items[going.at]
        const effect = effects.items[going.at]
        if (run !== undefined && effect !== undefined) perform(run, effect)
      }
      stored.drop(1)
      for (let index = 0; index < runs.count; index += 1) noticeStored(runs.items[index], going)
      committer.giveBack(going)
    }
  }

  function noticeStored(run: LiveRun | undefined, going: Stored): void {
    if (run === undefined) return
    run.turnsAhead -= 1
    if (run.noticeStored(going)) hasTold = true
    if (run.row.waitsFor !== null) ports.onSettled(run)
  }

  function perform(run: LiveRun, effect: Effect): void {
    switch (effect.kind) {
      case 'run-task':
        run.callsReserved -= 1
        callsReserved -= 1
        if (run.broken === null && isTaskOpen(run.state, effect)) runTask(run, effect)
        return
      case 'wake-at':
        if (run.broken === null && !run.isAsleep) wake(run, effect)
        return
      case 'limit-attempt':
        if (run.broken === null && isTaskOpen(run.state, effect)) dispatch.limit(run, effect, effect.atMs)
        return
      case 'load-values':
        return values.load(
          run,
          effect.hashes,
          (loaded) => post(run, { kind: 'values-loaded', values: loaded }),
          breakDown,
        )
      case 'cancel-tasks':
        dispatch.cancel(run, effect.tasks)
        return post(run, { kind: 'slots-freed' }) // it may rest now, and that shows in a turn
      case 'tell-outcome':
        starved.delete(run)
        if (run.broken === null) ports.onEnd(run, effect.outcome)
        hasTold = true
        return
      default:
        return unreachable(effect)
    }
  }

  function wake(run: LiveRun, { atMs, frame, step, lane, attempt }: Extract<Effect, { kind: 'wake-at' }>): void {
    const off = alarms.set(atMs, () => {
      run.alarms?.delete(off)
      post(run, { kind: 'timer-fired', frame, step, lane, attempt })
    })
    run.alarms ??= new Set()
    run.alarms.add(off)
  }

  /** What it had begun ahead of its start gives its slots back. */
  function refuse(run: LiveRun, error: EngineError): void {
    ports.onRefused(run, error)
    dispatch.drop(run)
    starved.delete(run)
    feedStarved()
  }

  function breakDown(error: unknown): void {
    isBroken = true
    queue.clear()
    stored.clear()
    ports.onBroken(error)
  }

  return {
    post(run, fact) {
      if (fact.kind === 'stop-asked') dispatch.tellLogs(run) // nobody waits for what its calls answer
      post(run, fact)
    },
    enter,
    pump,
    adopt(run, events, effects) {
      committer.hand(run, events)
      for (const effect of effects) owe(run, effect)
      committer.flush(false)
    },
    drain(graceMs) {
      return new Promise((resolve) => {
        onQuiet = resolve
        alarms.set(clock.nowMs() + graceMs, resolve)
        tellQuiet()
      })
    },
    get held() {
      return committer.held
    },
  }
}

/** Whether this asks, for the first time again, for what another process was doing; large values may put that off for some turns. */
function wasInDoubt(run: LiveRun, task: RunTask): boolean {
  return run.inDoubt?.delete(taskKey(task)) ?? false
}
