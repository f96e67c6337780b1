// An engine as a program embeds it: it compiles texts, starts runs, and is closed.
import { setImmediate } from 'node:timers/promises'
import type { Component, Components } from '../components/component.ts'
import type { CompileOptions } from '../dialects/dialect.ts'
import type { Clock } from '../engine/clock.ts'
import type { NamedDecision } from '../engine/asks.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import type { StartOptions } from '../engine/new-row.ts'
import type { Limits } from '../engine/limits.ts'
import type { LiveRun } from '../engine/live-run.ts'
import { shortSecrets } from '../engine/variables.ts'
import type { Json } from '../lib/json.ts'
import { after } from '../lib/maybe-async.ts'
import type { Program } from '../plan/link.ts'
import { fromJson } from '../source/from-json.ts'
import { EngineError } from '../engine/errors.ts'
import { plainVariables, planReuse, readBefore, storedFlow } from './rerun.ts'
import type { Retention } from '../stores/retention.ts'
import type { PassOver, RunQuery, RunRow, Store } from '../stores/store.ts'
import { compileFlow, compileTree, FlowProblems, prepareFor, type Flow, type Problems } from './flow.ts'
import { toComponents, type ComponentFunction } from './component.ts'
import type { RunOutcome } from './outcome.ts'
import type { BuiltinPorts, Parts } from './parts.ts'
import { lostWakeUps, shortSecret, toWarning, unknownArguments, type Warning } from './warnings.ts'
import { resultOf, toRun, type Run } from './run-handle.ts'
import { listenLater } from './listen.ts'
import { checkGiven, withSecrets, type Given } from './start.ts'

export type OpenOptions = {
  /** `memory`, `sqlite:PATH`, or a store of one's own. Runs that another process left unfinished there go on. */
  readonly store?: 'memory' | (string & {}) | Store
  /** Secrets of those runs; one that lacks a secret waits in the store. */
  readonly secrets?: { readonly [name: string]: Json }
  /** What flows may call, by path. */
  readonly components?: { readonly [path: string]: ComponentFunction | Component }
  /** Where `load_file` reads; the current folder if not given. */
  readonly rootDir?: string
  /** `HOST:PORT` that HTTP components may reach although they are not public. */
  readonly allowNet?: readonly string[]
  /** `unconfined`: Python of flows may run where no sandbox can be had, and then sees the machine. */
  readonly python?: 'confined' | 'unconfined'
  readonly limits?: Partial<Limits>
  /** How long ended runs are kept, by how they ended and by flow: 30 days, failed ones 90, 10 GiB in all if not given. */
  readonly retention?: Partial<Retention>
}

/** What a run is given. */
export type RunOptions = {
  readonly input?: Json
  readonly variables?: { readonly [name: string]: Json }
  /** Secrets by name; those that the flow does not use are not looked at. */
  readonly secrets?: { readonly [name: string]: Json }
  /** The same key gives the same run. */
  readonly key?: string
  /** Of the whole run. */
  readonly timeoutMs?: number
}

export type ResumeRun = {
  readonly secrets?: { readonly [name: string]: Json }
  /** By step, such as `mail`, or `mail[3]` for an item of a loop. */
  readonly decide?: { readonly [task: string]: NamedDecision['decision'] }
}

export type RerunOptions = Omit<RunOptions, 'key'> & {
  /** Ids of steps that are done again in any case. */
  readonly from?: readonly string[]
  /** The flow as it is now. */
  readonly flow?: Flow
}

/** What only our own surfaces say. */
export type InnerRunOptions = RunOptions & {
  /** What they need to go on with the run in another process. */
  readonly ground?: Json
  readonly callsMax?: number | null
  readonly reused?: StartOptions['reused']
  /** The flow's text, to be kept with the run. */
  readonly source?: string
}

export type OpenedEngine = {
  compile(text: string, options?: { readonly file?: string }): Flow | Problems
  /**
   * Begins a run; resolved when its start is stored. A key that is known answers its run and starts nothing.
   * @throws {FlowProblems} for a flow with errors, and for an input or a variable that does not fit.
   */
  start(flow: Flow | Problems, options?: RunOptions): Promise<Run>
  /** A run of this store, finished or not; `null` where there is none of that id. */
  get(id: string): Promise<Run | null>
  /** Runs of this store, the newest first; 50 where `limit` does not say another number. `warnings` names those that are damaged. */
  runs(query?: Partial<RunQuery>): Promise<readonly RunRow[]>
  /**
   * Goes on with a run that waits: for a secret, for a decision about steps that may have been done, or because it was paused.
   * @throws {EngineError} `SECRET_NOT_FOUND` where it still lacks a secret, `RUN_NOT_FOUND` where there is no such run.
   */
  resume(id: string, options?: ResumeRun): Promise<Run>
  /**
   * A new run that takes over what the run `id` has done, but for the steps `from`, what comes after them, and what has changed.
   * @throws {EngineError} `RUN_NOT_FOUND`.
   * @throws {FlowProblems} as `start` does.
   */
  rerun(id: string, options?: RerunOptions): Promise<Run>
  /** `start`, and the run's end. */
  run(flow: Flow | Problems, options?: RunOptions): Promise<RunOutcome>
  /** What is not as it should be with the engine and its store: `LOST_WAKE_UP`, and `STORE_DAMAGED` for each run, or file, that was passed over. */
  warnings(): readonly Warning[]
  /** Lets what runs end, admits no more, and gives everything back. */
  close(): Promise<void>
}

/** What only our own surfaces say. */
export type InnerOptions = {
  readonly compile?: CompileOptions
  /** Puts together what is there; if not given, components of one's own go before those that come with the engine. */
  readonly arrange?: (builtins: ReadonlyMap<string, Component>, given: ReadonlyMap<string, Component>) => Components
  readonly checksOutputs?: boolean
  /** A damaged file of a folder is left for another. Not where runs have keys: the runs of those that are in it are not known then. */
  readonly passesOverFiles?: boolean
  /** `false`: unfinished runs of the store stay as they are. */
  readonly resumes?: boolean
  readonly clock?: Clock
  /** What a power cut can take: nothing that was answered, or with `normal` the last seconds. */
  readonly sync?: 'full' | 'normal'
  /** `false`: whoever compiles a text prepares its language. */
  readonly preparesDialects?: boolean
}

export type InnerEngine = OpenedEngine & {
  /** All components that flows can call. */
  readonly components: Components
  readonly core: Engine
  start(flow: Flow | Problems, options?: InnerRunOptions): Promise<Run>
}

/** A run that has begun, and what it was given. */
type Begun = Given & { readonly flow: Flow; readonly program: Program; readonly started: LiveRun | RunRow }

export async function openEngineWith(parts: Parts, options: OpenOptions & InnerOptions): Promise<InnerEngine> {
  const { dialects, defaultSettings } = parts
  const { compile: compileOptions = defaultSettings.compile, checksOutputs = false, limits = {} } = options
  if (options.preparesDialects !== false) await Promise.all(dialects.map(async (dialect) => dialect.prepare?.()))
  /** What is damaged and passed over, by what is said of it: the others are listed, and go on. */
  const damaged = new Map<string, Warning>()
  const passOver: PassOver = ({ code, message }) => void damaged.set(message, { code, message })
  const { store: place = 'memory', sync = 'full' } = options
  const store =
    typeof place === 'string'
      ? await parts.openStore(place, sync, options.passesOverFiles === true ? passOver : undefined)
      : place
  const compileData: BuiltinPorts['compile'] = (document) => compileDocument(document, parts, compileOptions)
  const { rootDir = '.', allowNet = [], python = 'confined' } = options
  const builtins = parts.createBuiltins({ compile: compileData, store, rootDir, allowNet, python })
  const arrange =
    options.arrange ?? ((all, given) => defaultSettings.route({ builtins: all, given, modules: new Map() }))
  const components = arrange(builtins.components, toComponents(options.components ?? {}))
  const engine = createEngine({
    store,
    components,
    limits,
    checksOutputs,
    texts: () => parts.texts(),
    retention: options.retention ?? {},
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })

  async function begin(flow: Flow | Problems, given: InnerRunOptions): Promise<Begun> {
    if (flow.kind === 'problems') throw new FlowProblems(flow.problems)
    const { key = null, timeoutMs = null, ground = null, callsMax = null, source = null, reused = null } = given
    const { input, variables } = await checkGiven(flow, withSecrets(flow.plan, given))
    const program = engine.link(flow.plan, flow.id)
    const started = await engine.start(program, {
      input,
      variables,
      key,
      timeoutMs,
      ground,
      callsMax,
      source,
      reused,
      flow: flow.name,
      language: flow.language,
    })
    return { flow, program, started, input, variables }
  }

  /** Begins a run in its turn, with the options as they are now. */
  function inTurn<T>(given: InnerRunOptions, work: (options: InnerRunOptions) => Promise<T>): Promise<T> {
    const asked = { ...given }
    return engine.beginnings.through(() => work(asked))
  }

  function start(given: Flow | Problems, runOptions: InnerRunOptions = {}): Promise<Run> {
    return inTurn(runOptions, (asked) => startNow(given, asked))
  }

  async function startNow(given: Flow | Problems, runOptions: InnerRunOptions): Promise<Run> {
    const { flow, program, started, input, variables } = await begin(given, runOptions)
    const warnings = [
      ...flow.warnings.map(toWarning),
      ...shortSecrets(flow.plan, variables).map(shortSecret),
      ...unknownArguments(flow.plan, input),
    ]
    return toRun(engine, program, started, warnings)
  }

  async function runToEnd(flow: Flow | Problems, given: RunOptions = {}): Promise<RunOutcome> {
    const { program, started } = await inTurn(given, (asked) => begin(flow, asked))
    return resultOf(engine, program, started)
  }

  async function get(id: string): Promise<Run | null> {
    const row = engine.live(id)?.row ?? (await store.getRun(id))
    if (row === null) return null
    const plan = engine.planOf(row.plan) ?? (await store.getPlan(row.plan))
    return plan === null ? null : toRun(engine, engine.link(plan, row.plan), engine.live(id) ?? row, [])
  }

  async function resume(id: string, { secrets = {}, decide = {} }: ResumeRun = {}): Promise<Run> {
    const row = engine.live(id)?.row ?? (await store.getRun(id))
    if (row === null) throw notFound(id)
    if (row.endedAtMs === null) {
      const live = await engine.resume(row, { variables: { ...options.secrets, ...secrets }, isForced: true })
      if (live.isPaused) await engine.unpause(live)
      await engine.decide(
        live,
        Object.entries(decide).map(([task, decision]) => ({ task, decision })),
      )
    }
    const run = await get(id)
    if (run === null) throw notFound(id)
    return run
  }

  async function rerun(id: string, given: RerunOptions = {}): Promise<Run> {
    const before = await readBefore(engine, id, await get(id))
    if (before === null) throw notFound(id)
    const { flow = storedFlow(before), from = [], input = before.input } = given
    const variables = { ...plainVariables(before), ...given.variables }
    const checked = await checkGiven(flow, withSecrets(flow.plan, { ...given, input, variables }))
    const { events } = planReuse(before, { plan: flow.plan, ...checked, from: new Set(from) })
    return start(flow, { ...given, input, variables, reused: { run: id, events } })
  }

  /** A run that cannot go on now stays as it is: whoever asks for it is told why. */
  async function resumeAll(): Promise<void> {
    const variables = options.secrets ?? {}
    const rows = await store.openRuns(passOver)
    for (let first = 0; first < rows.length; first += RESUMED_AT_ONCE) {
      const some = rows.slice(first, first + RESUMED_AT_ONCE)
      await Promise.all(some.map((row) => engine.resume(row, { variables }).catch(() => undefined)))
      await setImmediate() // these go on, before the others are read
    }
  }

  if (store.traits.durable && options.resumes !== false) await resumeAll()
  const control = store.place === null || store.traits.instant ? null : listenLater([engine], store.place)
  return {
    components,
    core: engine,
    get,
    compile: (text, { file } = {}) => compileFlow({ text, file: file ?? null }, dialects, compileOptions),
    start,
    runs: async (query = {}) => store.listRuns({ limit: RUNS_LISTED, ...query }, passOver),
    resume,
    rerun,
    run: runToEnd,
    warnings: () => [...damaged.values(), ...(engine.lostCount === 0 ? [] : [lostWakeUps(engine.lostCount)])],
    async close() {
      control?.()
      await engine.close()
      await builtins.close()
    },
  }
}

const RUNS_LISTED = 50

/** Runs that are taken up together when a store is opened. */
const RESUMED_AT_ONCE = 256

function notFound(id: string): EngineError {
  return new EngineError('RUN_NOT_FOUND', `Cannot find the run "${id}" in this store`)
}

/** A flow that arrives as data: it has no places. */
function compileDocument(
  document: Json,
  { dialects }: Parts,
  options: CompileOptions,
): ReturnType<BuiltinPorts['compile']> {
  const { root, problems } = fromJson(document)
  if (root === null) return { kind: 'problems', problems }
  return after(prepareFor(root, dialects), () => {
    const flow = compileTree(root, { text: '', file: null }, dialects, options, problems)
    return flow.kind === 'flow' ? { kind: 'plan', plan: flow.plan } : flow
  })
}
