// Starts, stops and finds runs. What they decide is done by the loop (`loop.ts`); what a surface offers is made of this.
import { uuidv7 } from 'uuidv7'
import type { Components } from '../components/component.ts'
import { tasksInFlight } from '../core/answers.ts'
import type { Outcome } from '../core/events.ts'
import type { StopKind } from '../core/facts.ts'
import { newState } from '../core/state.ts'
import type { Json } from '../lib/json.ts'
import { after, type MaybeAsync } from '../lib/maybe-async.ts'
import { planId } from '../plan/hash.ts'
import type { Texts } from '../plan/names.ts'
import type { Value } from '../plan/leaf.ts'
import { LANES_DEFAULT, link as linkPlan, type Program } from '../plan/link.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunRow, Store } from '../stores/store.ts'
import { createAlarms } from './alarms.ts'
import { systemClock, type Clock } from './clock.ts'
import { EngineError } from './errors.ts'
import { LIMITS, type Limits } from './limits.ts'
import { LiveRun, taskKey } from './live-run.ts'
import { createLoop } from './loop.ts'
import { recover } from './recover.ts'
import { createSecrets } from './secrets.ts'
import { createValues } from './values.ts'
import { sealVariables } from './variables.ts'

export type EngineOptions = {
  readonly store: Store
  readonly components: Components
  readonly limits?: Partial<Limits>
  readonly clock?: Clock
  /** Compiles templates and conditions; needed for plans that have some. */
  readonly texts?: () => Texts
  /** Checks every output of a component to its last leaf, rather than only that it is data at all. */
  readonly checksOutputs?: boolean
}

export type StartOptions = {
  readonly input: Json
  /** Values of the plan's variables. */
  readonly variables?: { readonly [name: string]: Json }
  readonly key?: string | null
  /** Calls of components at once. */
  readonly callsMax?: number
  /** Of the whole run. */
  readonly timeoutMs?: number | null
  readonly flow?: string | null
  readonly language?: string
  readonly trigger?: string
}

export type Engine = {
  readonly store: Store
  /** The plan ready to run, under its id, which is worked out where it is not given; linked once. */
  link(plan: Plan, id?: string): Program
  /** A plan that was linked here, by its id. */
  planOf(id: string): Plan | null
  /** Begins a run; resolved when its start is stored. A key that is known answers its run, finished or not, and starts nothing. */
  start(program: Program, options: StartOptions): Promise<LiveRun | RunRow>
  /**
   * Goes on with a run that another process began and did not end. Secrets are asked for again.
   * @throws {EngineError} `SECRET_NOT_FOUND` where the run uses a secret that is not given.
   */
  resume(row: RunRow, variables?: StartOptions['variables']): Promise<LiveRun>
  /** Ends a run now; resolved when that is stored. */
  stop(run: LiveRun, how: StopKind, reason: string | null): Promise<Outcome>
  /** A value of a run as its caller gets it: large parts read, secrets masked. */
  reveal(run: LiveRun | null, value: Value): Promise<Json>
  /** A run that has not ended. */
  live(id: string): LiveRun | null
  /** Lets what runs end, admits no more, and gives everything back. */
  close(): Promise<void>
}

/** Plans that stay linked; a run keeps its own. */
const PROGRAMS_MAX = 1_000

export function createEngine(options: EngineOptions): Engine {
  const { store, components, clock = systemClock, checksOutputs = false, texts } = options
  const limits: Limits = { ...LIMITS, ...options.limits }
  const alarms = createAlarms(clock)
  const values = createValues(store, checksOutputs)
  const programs = new Map<string, Program>()
  const planIds = new WeakMap<Plan, string>()
  const plansKept = new Set<string>()
  const runs = new Map<string, LiveRun>()
  const startsByKey = new Map<string, Promise<LiveRun | RunRow>>()
  const loop = createLoop({ store, components, clock, alarms, limits, values, link, keepPlan, onEnd, onBroken })
  let broken: EngineError | null = null
  let isClosing = false
  let onIdle: (() => void) | null = null
  let closing: Promise<void> | null = null

  function link(plan: Plan, given?: string): Program {
    const id = given ?? planIds.get(plan) ?? planId(plan)
    planIds.set(plan, id)
    const known = programs.get(id)
    if (known !== undefined) {
      programs.delete(id) // those that are in use stay longest
      programs.set(id, known)
      return known
    }
    const program = linkPlan(id, plan, texts === undefined ? { lanesOf } : { lanesOf, texts })
    if (programs.size >= PROGRAMS_MAX) programs.delete(programs.keys().next().value ?? '')
    programs.set(id, program)
    return program
  }

  function lanesOf(component: string): number {
    return components.find(component, null)?.effect === 'at-most-once' ? 1 : LANES_DEFAULT
  }

  async function start(program: Program, given: StartOptions): Promise<LiveRun | RunRow> {
    const { key = null } = given
    if (key === null) return begin(program, given)
    const begun = startsByKey.get(key)
    if (begun !== undefined) return begun
    const beginning = findOrBegin(program, given, key)
    startsByKey.set(key, beginning)
    try {
      return await beginning
    } finally {
      startsByKey.delete(key)
    }
  }

  async function findOrBegin(program: Program, given: StartOptions, key: string): Promise<LiveRun | RunRow> {
    const known = await store.findByKey(key)
    return known === null ? begin(program, given) : (runs.get(known.id) ?? known)
  }

  async function begin(program: Program, given: StartOptions): Promise<LiveRun> {
    admitRun()
    const { timeoutMs = null, callsMax = limits.callsPerRunMax } = given
    const { variables, secrets } = sealVariables(program.plan, given.variables ?? {})
    const run = new LiveRun(newRow(program, given, clock.nowMs()), newState(program), createSecrets(secrets), callsMax)
    runs.set(run.id, run)
    const input = await admitInput(run, program, given.input)
    if (timeoutMs !== null) run.unlimit = alarms.set(clock.nowMs() + timeoutMs, () => loop.post(run, OVERTIME))
    loop.post(run, { kind: 'begin', input, variables })
    const started = run.started()
    loop.pump()
    await started
    return run
  }

  async function resume(row: RunRow, variables: StartOptions['variables'] = {}): Promise<LiveRun> {
    const known = runs.get(row.id)
    if (known !== undefined) return known
    admitRun()
    const { state, events } = await recover(row, store, link, clock.nowMs())
    const { plan } = state.root
    const missing = plan.variables.find(({ name, isSecret }) => isSecret && variables[name] === undefined)
    if (missing !== undefined)
      throw new EngineError(
        'SECRET_NOT_FOUND',
        `Run ${row.id} goes on when it is given the secret "${missing.name}" again`,
      )
    const { secrets } = sealVariables(plan, variables)
    const run = new LiveRun(row, state, createSecrets(secrets), limits.callsPerRunMax)
    run.nextSeq = events.length
    run.inDoubt = new Set([...state.frames.values()].flatMap(tasksInFlight).map(taskKey))
    run.lastMs = events.at(-1)?.atMs ?? 0
    if (state.outcome !== null) {
      run.noticeStored() // it has ended since its row was read
      run.tell(state.outcome)
      return run
    }
    runs.set(run.id, run)
    loop.post(run, { kind: 'resume' })
    const started = run.started()
    loop.pump()
    await started
    return run
  }

  async function admitInput(run: LiveRun, program: Program, input: Json): Promise<Value> {
    try {
      await keepPlan(program)
      return await values.admit(run, input)
    } catch (error) {
      forget(run)
      throw error
    }
  }

  function admitRun(): void {
    if (broken !== null) throw broken
    if (isClosing) throw new EngineError('ENGINE_CLOSED', 'The engine is closing and starts no more runs')
    if (runs.size < limits.runsMax) return
    throw new EngineError('TOO_MANY_RUNS', `${limits.runsMax} runs are live already (runsMax)`, { isRetryable: true })
  }

  function keepPlan({ id, plan }: Program): MaybeAsync<void> {
    if (plansKept.has(id)) return undefined
    return after(store.putPlan(id, plan), () => {
      if (plansKept.size >= PROGRAMS_MAX) plansKept.clear()
      plansKept.add(id)
    })
  }

  function onEnd(run: LiveRun, outcome: Outcome): void {
    run.dropAlarms()
    run.tell(outcome)
    forget(run)
  }

  function forget(run: LiveRun): void {
    runs.delete(run.id)
    if (runs.size === 0) onIdle?.()
  }

  function onBroken(error: unknown): void {
    broken =
      error instanceof EngineError ? error : new EngineError('STORE_FAILED', 'The store failed', { cause: error })
    for (const run of runs.values()) run.breakDown(broken)
    runs.clear()
    alarms.close()
    onIdle?.()
  }

  function close(): Promise<void> {
    closing ??= closeOnce()
    return closing
  }

  async function closeOnce(): Promise<void> {
    isClosing = true
    if (runs.size > 0) {
      await new Promise<void>((resolve) => {
        onIdle = resolve
      })
    }
    alarms.close()
    await store.close()
  }

  return {
    store,
    link,
    planOf: (id) => programs.get(id)?.plan ?? null,
    start,
    resume,
    stop(run, how, reason) {
      loop.post(run, { kind: 'stop-asked', how, reason })
      return run.result()
    },
    reveal: (run, value) => values.reveal(run, value),
    live: (id) => runs.get(id) ?? null,
    close,
  }
}

const OVERTIME = { kind: 'stop-asked', how: 'timed-out', reason: null } as const

function newRow(program: Program, given: StartOptions, nowMs: number): RunRow {
  const { key = null, flow = null, language = 'plan', trigger = 'manual' } = given
  return {
    id: uuidv7(),
    plan: program.id,
    key,
    flow,
    language,
    trigger,
    status: 'running',
    startedAtMs: nowMs,
    endedAtMs: null,
  }
}
