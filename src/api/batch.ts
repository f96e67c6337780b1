// Many runs of one flow. Inputs are checked before anything runs; outcomes come in the order of the inputs.
import { inOrder } from '../lib/in-order.ts'
import type { Json } from '../lib/json.ts'
import { checkGiven } from './start.ts'
import type { Flow } from './flow.ts'
import { FlowProblems } from './flow.ts'
import type { Intake, Refusal } from './intake.ts'
import type { Host } from './operation.ts'
import type { RunOutcome } from './outcome.ts'
import { begin, prepare, type Ready, type RunFlags } from './prepare-run.ts'
import type { Run } from './run-handle.ts'
import type { Warning } from './warnings.ts'

/** Runs that are live at once: enough to keep a thousand calls busy, and few enough to fit into memory. */
const batchRunsMax = 100

export type BatchOutcome = RunOutcome & { readonly run: string; readonly warnings?: readonly Warning[] }

export type Batch = {
  readonly kind: 'batch'
  readonly flow: Flow
  readonly count: number
  /** What is wrong with the store. */
  readonly warnings: readonly Warning[]
  readonly texts: ReadonlyMap<string, string>
  /** Ends with the batch; to be read once. */
  readonly outcomes: AsyncIterable<BatchOutcome>
  /** Stops what runs, and starts no more. */
  readonly cancel: (reason: string) => void
  readonly close: () => Promise<void>
}

export async function prepareBatch(
  intake: Intake,
  file: string,
  inputsFile: string,
  flags: RunFlags,
  host: Host,
): Promise<Batch | Refusal> {
  const inputs = await readLines(intake, inputsFile)
  const ready = await prepare(intake, file, flags, host)
  if (ready === null || intake.hasErrors) return intake.refusal()
  await checkAll(intake, ready, inputs, inputsFile)
  if (intake.hasErrors) return intake.refusal()
  const live = new Set<Run>()
  let stopped: string | null = null
  function* untilStopped(): Generator<Json> {
    for (const { input } of inputs) if (stopped === null) yield input
  }
  /** A run whose start was on its way when the batch was stopped is stopped too. */
  function admit(run: Run): void {
    live.add(run)
    if (stopped !== null) void run.cancel(stopped)
  }
  return {
    kind: 'batch',
    flow: ready.flow,
    count: inputs.length,
    warnings: ready.engine.warnings(),
    texts: intake.texts,
    outcomes: inOrder(untilStopped(), batchRunsMax, (input) => runOne(intake, ready, input, { admit, live })),
    cancel(reason) {
      stopped = reason
      for (const run of live) void run.cancel(reason)
    },
    close: () => ready.engine.close(),
  }
}

type Line = { readonly input: Json; readonly line: number }

async function readLines(intake: Intake, file: string): Promise<readonly Line[]> {
  const text = (await intake.source(file))?.text ?? ''
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      const input: Json = JSON.parse(line)
      return { input, line: index + 1 }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      intake.refuse('INVALID_DATA', `Cannot read line ${index + 1} as JSON: ${reason}`, 'Write one input a line', file)
      return []
    }
  })
}

async function checkAll(
  intake: Intake,
  { flow, variables }: Ready,
  inputs: readonly Line[],
  file: string,
): Promise<void> {
  for (const { input, line } of inputs) {
    try {
      await checkGiven(flow, { input, variables })
    } catch (error) {
      if (!(error instanceof FlowProblems)) throw error
      for (const { code, message } of error.problems) intake.refuse(code, `${message}, in line ${line}`, null, file)
    }
  }
}

type Lives = { readonly admit: (run: Run) => void; readonly live: Set<Run> }

async function runOne(intake: Intake, ready: Ready, input: Json, { admit, live }: Lives): Promise<BatchOutcome> {
  const run = await begin(intake, ready, input)
  if (run === null) throw new FlowProblems(intake.problems)
  admit(run)
  const outcome = await run.result()
  live.delete(run)
  const warnings = await run.allWarnings()
  return { ...outcome, run: run.id, ...(warnings.length === 0 ? {} : { warnings }) }
}
