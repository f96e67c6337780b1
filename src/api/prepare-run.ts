// From a command to a run: everything is read and checked first, and only a flow without a fault is started.
import type { Json } from '../lib/json.ts'
import type { groundFlags, inputFlags, runningFlags } from './flags.ts'
import { FlowProblems, type Flow } from './flow.ts'
import { readInput } from './input.ts'
import type { Intake, Refusal } from './intake.ts'
import type { InnerEngine } from './open-engine.ts'
import type { Given, Host } from './operation.ts'
import { folderOf, missingComponents, openOn, prepareFlow, prepareGround, readStubsFile } from './prepare.ts'
import type { Run } from './run-handle.ts'
import { type RunGround, toGround } from './ground.ts'
import { storeName } from './stores.ts'
import { sha256 } from '../lib/hash.ts'
import { checkGiven } from './start.ts'
import { readSettings, toAllowNet } from './settings.ts'
import { readVariables } from './variables.ts'
import { unknownArguments, type Warning } from './warnings.ts'

export type RunFlags = Given<typeof groundFlags> &
  Given<typeof runningFlags> &
  Given<typeof inputFlags> & { readonly strict: boolean }

/** A run that goes on. */
export type Started = {
  readonly kind: 'started'
  readonly flow: Flow
  readonly run: Run
  /** The store in which the run goes on when its process ends; `null`: it does not. */
  readonly store: string | null
  /** What is wrong with the store. */
  readonly warnings: readonly Warning[]
  /** Runs that earlier processes left unfinished in the same file. */
  readonly unfinished: readonly string[]
  /** The texts that warnings of the flow point into. */
  readonly texts: ReadonlyMap<string, string>
  readonly close: () => Promise<void>
}

/** A flow that can run as soon as it has an input. */
export type Ready = {
  readonly flow: Flow
  readonly engine: InnerEngine
  readonly variables: { readonly [name: string]: Json }
  readonly timeoutMs: number | null
  readonly store: string
  readonly callsMax: number | null
  readonly ground: RunGround
}

export async function prepareRun(
  intake: Intake,
  file: string,
  flags: RunFlags,
  host: Host,
): Promise<Started | Refusal> {
  const ready = await prepare(intake, file, flags, host)
  const input = await readInput(intake, flags)
  if (ready === null || input === undefined) return intake.refusal()
  if (intake.hasErrors) return refusedWith(intake, ready, input)
  const { flow, engine } = ready
  if (flags.strict) for (const { code, message } of unknownArguments(flow.plan, input)) intake.refuse(code, message)
  const unfinished = (await engine.core.store.openRuns(() => undefined)).map(({ id }) => id)
  const run = intake.hasErrors ? null : await begin(intake, ready, input)
  return run === null
    ? intake.refusal()
    : {
        kind: 'started',
        flow,
        run,
        store: engine.core.store.traits.durable ? ready.store : null,
        warnings: engine.warnings(),
        unfinished,
        texts: intake.texts,
        close: () => engine.close(),
      }
}

/** The same for one step alone, on an earlier run. */
export async function prepareStep(
  intake: Intake,
  file: string,
  flags: RunFlags & { readonly step: string | null; readonly from: string | null },
  host: Host,
): Promise<Started | Refusal> {
  const { step, from } = flags
  if (step === null || from === null) {
    intake.refuse('INVALID_COMMAND_LINE', 'Cannot run one step alone', 'Write both --step ID and --from RUN')
    return intake.refusal()
  }
  const ready = await prepare(intake, file, flags, host)
  if (ready === null) return intake.refusal()
  const { beginStep } = await import('./run-step.ts')
  const started = intake.hasErrors ? null : await beginStep(intake, ready, { step, from }, flags, host)
  if (started === null) await ready.engine.close()
  return started ?? intake.refusal()
}

/** A refusal that tells of the input too: who mends the one would stumble over the other. */
async function refusedWith(intake: Intake, { flow, engine, variables }: Ready, input: Json): Promise<Refusal> {
  try {
    await checkGiven(flow, { input, variables })
  } catch (error) {
    if (!(error instanceof FlowProblems)) throw error
    intake.add(error.problems)
  }
  await engine.close()
  return intake.refusal()
}

/** Everything but the input; `null` where no flow could be read. */
export async function prepare(intake: Intake, file: string, flags: RunFlags, host: Host): Promise<Ready | null> {
  const read = await intake.tree(file)
  const ground = await prepareGround(intake, folderOf(file, host), flags, host)
  const flow = read === null ? null : await prepareFlow(intake, read, ground, flags.overrides, host)
  const stubs = await readStubsFile(intake, flags, host)
  const settings = await readSettings(intake, flags.settings, host)
  if (flow === null) return null
  const store = storeName(flags.store, settings)
  const engine = await openOn(
    ground,
    {
      store,
      relaxed: flags.relaxed,
      stubs,
      stubsOnly: flags['stubs-only'],
      allowNet: [...toAllowNet(intake, flags['allow-net']), ...settings.allowNet],
      callsMax: flags['max-concurrency'] ?? settings.callsPerRunMax,
      python: settings.python,
      retention: settings.retention,
    },
    host,
  )
  if (ground.isWhole && stubs?.isWhole !== false)
    intake.add(missingComponents(flow, engine.components, 'error', host.parts))
  if (flow.kind === 'problems') {
    await engine.close()
    return null
  }
  const variables = await readVariables(intake, flow.plan, flags, host)
  if (flags.strict) intake.harden('all')
  return {
    flow,
    engine,
    variables,
    store,
    timeoutMs: flags.timeout ?? settings.timeoutMs,
    callsMax: flags['max-concurrency'],
    ground: toGround(file, sha256(flow.source.text), flags, host),
  }
}

/** Starts a run, unless its input or its variables do not fit. */
export async function begin(
  intake: Intake,
  { flow, engine, variables, timeoutMs, callsMax, ground }: Ready,
  input: Json,
): Promise<Run | null> {
  try {
    const source = flow.source.text
    const limit = timeoutMs === null ? {} : { timeoutMs }
    return await engine.start(flow, { input, variables, callsMax, ground, source, ...limit })
  } catch (error) {
    if (!(error instanceof FlowProblems)) throw error
    intake.add(error.problems)
    return null
  }
}
