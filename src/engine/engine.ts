// Starts, stops and finds runs. What they decide is done by the loop (`loop.ts`); what a surface offers is made of this.
import type { Components } from '../components/component.ts'
import type { Outcome } from '../core/events.ts'
import type { StopKind } from '../core/facts.ts'
import type { State } from '../core/state.ts'
import { Gate } from '../lib/gate.ts'
import type { Json } from '../lib/json.ts'
import type { MaybeAsync } from '../lib/maybe-async.ts'
import { onceBy } from '../lib/once-by.ts'
import type { Texts } from '../plan/names.ts'
import type { Value } from '../plan/leaf.ts'
import type { Program } from '../plan/link.ts'
import type { Plan } from '../plan/plan.ts'
import { RETENTION, type Retention } from '../stores/retention.ts'
import { StoreError } from '../stores/store-error.ts'
import type { RunRow, Store } from '../stores/store.ts'
import { createAlarms } from './alarms.ts'
import { createAsks, type NamedDecision } from './asks.ts'
import { systemClock, type Clock } from './clock.ts'
import { EngineError } from './errors.ts'
import { LIMITS, type Limits } from './limits.ts'
import type { LiveRun } from './live-run.ts'
import { createLoop } from './loop.ts'
import type { StartOptions } from './new-row.ts'
import { createPrograms } from './programs.ts'
import { createSleepers, type ResumeOptions } from './sleepers.ts'
import { createStart } from './starts.ts'
import { createSweep } from './sweep.ts'
import { createStoredRuns } from './stored-runs.ts'
import { createValues } from './values.ts'

export type EngineOptions = {
  readonly store: Store
  readonly components: Components
  readonly limits?: Partial<Limits>
  readonly clock?: Clock
  /** Compiles templates and conditions; needed for plans that have some. */
  readonly texts?: () => Texts
  /** Checks every output of a component to its last leaf, rather than only that it is data at all. */
  readonly checksOutputs?: boolean
  /** How long ended runs are kept. */
  readonly retention?: Partial<Retention>
}

export type Engine = {
  readonly store: Store
  /** The plan ready to run, under its id, which is worked out where it is not given; linked once. */
  link(plan: Plan, id?: string): Program
  /** A plan that was linked here, by its id. */
  planOf(id: string): Plan | null
  /** Begins a run; resolved when its start is stored. A key that is known answers its run, finished or not, and starts nothing. */
  start(program: Program, options: StartOptions): Promise<LiveRun | RunRow>
  /** Whoever begins runs goes through it before anything is made for them: thousands that wait take hardly any memory. */
  readonly beginnings: Gate
  /**
   * Goes on with a run that another process began and did not end. Secrets are asked for again.
   * @throws {EngineError} `SECRET_NOT_FOUND` where the run uses a secret that is not given, `RUN_PAUSED` where somebody
   * has to say first that it may go on, and what keeps its log from being read.
   */
  resume(row: RunRow, options?: ResumeOptions): Promise<LiveRun>
  /** No step of it begins from now on; what works still ends. Resolved when that is stored. */
  pause(run: LiveRun, reason: string | null): Promise<void>
  /** The other way round. */
  unpause(run: LiveRun): Promise<void>
  /** What becomes of steps of which nobody knows whether they were done; answers those that were decided. */
  decide(run: LiveRun, decisions: readonly NamedDecision[]): Promise<readonly string[]>
  /** Ends a run on which no process is at work. */
  stopStored(row: RunRow, reason: string | null): Promise<void>
  /** The same for pausing it. */
  pauseStored(row: RunRow, reason: string | null): Promise<void>
  /** Ends a run now; resolved when that is stored. */
  stop(run: LiveRun, how: StopKind, reason: string | null): Promise<Outcome>
  /** A value of a run as its caller gets it: large parts read, secrets masked. */
  reveal(run: LiveRun | null, value: Value): Promise<Json>
  /** How a run stands on which no process of this engine works; `null` where its log cannot be read. */
  stateOf(row: RunRow): Promise<State | null>
  /** A run that has not ended. */
  live(id: string): LiveRun | null
  /** Runs that nothing would have woken any more, and that go on. There should be none. */
  readonly lostCount: number
  /** Admits no more runs and gives everything back. Runs in memory end first; of stored ones only what works at the moment, and the next engine goes on with them. */
  close(): Promise<void>
}

/** Runs that end between two looks at what is too old: fewer than a look forgets, so that it keeps up. */
const FORGET_EVERY = 400

export function createEngine(options: EngineOptions): Engine {
  const { store, components, clock = systemClock, checksOutputs = false, texts } = options
  const keep: Retention = { ...RETENTION, ...options.retention }
  const limits: Limits = { ...LIMITS, ...options.limits }
  const alarms = createAlarms(clock)
  const values = createValues(store, checksOutputs)
  const programs = createPrograms(store, components, texts)
  const runs = new Map<string, LiveRun>()
  const resumesById = new Map<string, Promise<LiveRun>>()
  const stored = createStoredRuns(store, clock, programs.find)
  const loop = createLoop({
    store,
    components,
    clock,
    alarms,
    limits,
    values,
    link: programs.link,
    isAlone: () => runs.size === 1,
    keepPlan,
    onWanted: (run) => sleepers.wake(run),
    onSettled: store.traits.durable ? (run) => sleepers.settle(run) : () => undefined,
    onEnd,
    onRefused,
    onBroken,
  })
  const sleepers = createSleepers({
    clock,
    alarms,
    limits,
    stored,
    programOf: programs.find,
    onAwake: (run, why) => loop.enter(run, why),
    onLost,
    onFailed: onBroken,
  })
  const sweep = createSweep({
    clock,
    alarms,
    runs: () => runs.values(),
    isHeld: () => loop.held !== null,
    post: (run, fact) => loop.post(run, fact),
  })
  const start = createStart({
    store,
    clock,
    limits,
    values,
    loop,
    refuseClosed,
    admitRun,
    keepPlan,
    live,
    hold,
    forget,
    limitRun,
  })
  const asks = createAsks({ loop, values, watch: () => sweep.watch(), wakeUp })
  let broken: EngineError | null = null
  let isClosing = false
  let onIdle: (() => void) | null = null
  let closing: Promise<void> | null = null
  let endedCount = 0

  async function resume(row: RunRow, given: ResumeOptions = {}): Promise<LiveRun> {
    const known = runs.get(row.id)
    if (known !== undefined) return known
    return onceBy(resumesById, row.id, () => takeUp(row, given))
  }

  async function takeUp(row: RunRow, given: ResumeOptions): Promise<LiveRun> {
    admitRun()
    const run = await sleepers.takeUp(row, given)
    if (run.outcome !== null) return run // it has ended since its row was read
    if (isClosing) {
      await handBack([run])
      throw closingError()
    }
    hold(run)
    limitRun(run)
    if (run.isAsleep) return run
    loop.enter(run, { kind: 'resume' })
    loop.pump()
    if (!run.isStarted) await run.started()
    return run
  }

  function live(id: string): LiveRun | null {
    return runs.get(id) ?? null
  }

  function hold(run: LiveRun): void {
    runs.set(run.id, run)
    sweep.watch()
  }

  function limitRun(run: LiveRun): void {
    const { deadlineMs } = run.row.given
    if (deadlineMs !== null) run.unlimit = alarms.set(deadlineMs, () => loop.post(run, OVERTIME))
  }

  /** Whoever waits for it has to look again: it may have left memory by then. */
  function wakeUp(run: LiveRun): Promise<void> {
    sleepers.wake(run)
    return run.awake()
  }

  function refuseClosed(): void {
    if (broken !== null) throw broken
    if (isClosing) throw closingError()
  }

  function admitRun(): void {
    refuseClosed()
    if (loop.held !== null) throw loop.held
    if (runs.size < limits.runsMax) return
    throw new EngineError('TOO_MANY_RUNS', `${limits.runsMax} runs are live already (runsMax)`, { isRetryable: true })
  }

  function keepPlan({ id, plan }: Program): MaybeAsync<void> {
    return store.putPlan(id, plan)
  }

  function onEnd(run: LiveRun, outcome: Outcome): void {
    run.dropAlarms()
    run.tell(outcome)
    forget(run)
    endedCount += 1
    if (store.traits.durable && endedCount % FORGET_EVERY === 0) void forgetOld()
  }

  function forget(run: LiveRun): void {
    runs.delete(run.id)
    if (runs.size === 0) onIdle?.()
  }

  /** What cannot be forgotten now is forgotten later. */
  async function forgetOld(): Promise<void> {
    if (broken !== null || loop.held !== null) return
    try {
      await store.forget(keep, clock.nowMs())
    } catch (error) {
      if (!(error instanceof StoreError && error.isRetryable)) onBroken(error)
    }
  }

  function onRefused(run: LiveRun, error: EngineError): void {
    run.breakDown(error)
    forget(run)
  }

  /** What its callers are told is why; the others do not suffer from it. */
  function onLost(run: LiveRun, error: unknown): void {
    const message = 'A run that rested cannot go on'
    onRefused(run, error instanceof EngineError ? error : new EngineError('ENGINE_FAILED', message, { cause: error }))
  }

  function onBroken(error: unknown): void {
    broken =
      error instanceof EngineError ? error : new EngineError('STORE_FAILED', 'The store failed', { cause: error })
    for (const run of runs.values()) run.breakDown(broken)
    runs.clear()
    sweep.close()
    alarms.close()
    onIdle?.()
  }

  function close(): Promise<void> {
    closing ??= closeOnce()
    return closing
  }

  /** Runs that were taken up and are left in good order: no process has ended over them. */
  async function handBack(left: readonly LiveRun[]): Promise<void> {
    if (broken !== null || loop.held !== null) return
    const counted = left.filter(({ row, isStarted, isTaken }) => isStarted && isTaken && row.resumes > 0)
    await Promise.all(counted.map(({ row }) => stored.putRow({ ...row, resumes: 0 })))
  }

  async function closeOnce(): Promise<void> {
    isClosing = true
    if (store.traits.durable) await loop.drain(limits.closeMsMax)
    else if (runs.size > 0)
      await new Promise<void>((resolve) => {
        onIdle = resolve
      })
    const left = new EngineError(
      'ENGINE_CLOSED',
      'The engine was closed before the run ended: the next one that opens this store goes on with it',
    )
    // What is half taken up is so to its end, or its count would stay.
    await Promise.allSettled([sleepers.close(), ...resumesById.values()])
    await handBack([...runs.values()])
    for (const run of runs.values()) run.breakDown(left)
    runs.clear()
    sweep.close()
    alarms.close()
    if (store.traits.durable && endedCount > 0) await forgetOld()
    await store.close()
  }

  return {
    store,
    link: programs.link,
    planOf: programs.planOf,
    start,
    beginnings: new Gate(limits.beginningMax),
    resume,
    pause: (run, reason) => asks.changeRow(run, pausedBy(reason)),
    unpause: (run) => asks.changeRow(run, { status: 'running', waitsFor: null }),
    decide: (run, decisions) => asks.decide(run, decisions),
    stopStored: (row, reason) => stored.stop(row, reason),
    pauseStored: (row, reason) => stored.putRow({ ...row, ...pausedBy(reason) }),
    stop(run, how, reason) {
      loop.post(run, { kind: 'stop-asked', how, reason })
      return run.result()
    },
    reveal: (run, value) => values.reveal(run, value),
    stateOf: (row) => stored.stateOf(row),
    live,
    get lostCount() {
      return sweep.foundCount
    },
    close,
  }
}

function closingError(): EngineError {
  return new EngineError('ENGINE_CLOSED', 'The engine is closing and starts no more runs')
}

const OVERTIME = { kind: 'stop-asked', how: 'timed-out', reason: null } as const

function pausedBy(reason: string | null): Pick<RunRow, 'status' | 'waitsFor'> {
  return { status: 'paused', waitsFor: { kind: 'user', reason } }
}
