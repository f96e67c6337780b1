// Shows a run: progress on standard error while it goes on, its outcome as one line of JSON on standard output.
import type { FileHandle } from 'node:fs/promises'
import type { Batch } from '../../api/batch.ts'
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { RunError, RunOutcome } from '../../api/outcome.ts'
import type { Rerun } from '../../api/operations/rerun.ts'
import type { Started } from '../../api/prepare-run.ts'
import type { Show } from './command.ts'
import { STORE_DEFAULT } from '../../api/stores.ts'
import { BROKEN, FAILED, INTERRUPTED, OK, WRONG } from './exit-status.ts'
import { harmless, oneLine } from './harmless.ts'
import { openLines, openOutputs } from './outputs.ts'
import { sayProblems } from './problems.ts'
import { openProgress } from './progress.ts'
import { asInterrupted } from './run-end.ts'
import { StopSignals } from './signals.ts'
import type { Terminal } from './terminal.ts'

export const runFlags = {
  report: { kind: 'text', value: 'FILE', doc: 'what happened, step by step, as JSON' },
  output: { kind: 'text', value: 'FILE', doc: 'the outcome, in a file too' },
  events: { kind: 'text', value: 'FILE', doc: 'every event, one line of JSON each' },
  quiet: { kind: 'switch', doc: 'nothing on standard error' },
  watch: { kind: 'switch', doc: 'run again when a file that is named here changes' },
} as const satisfies Flags

type Files = { readonly [name in 'report' | 'output' | 'events']: FileHandle | null }

export const showRun: Show<typeof runFlags, Started | Rerun | Batch | Refusal> = async (ask, flags, loud, host) => {
  const terminal = flags.quiet ? silenced(loud) : loud
  const { report, output, events } = flags
  const opened = await openOutputs({ report, output, events }, host.cwd)
  if (opened.kind === 'wrong') return complain(terminal, opened.message)
  // From here on: a component may be at work before the answer is there.
  const signals = new StopSignals(() => terminal.isReading())
  const answer = await ask()
  sayProblems(answer.kind === 'problems' ? answer.problems : answer.flow.warnings, answer.texts, terminal)
  if (answer.kind === 'problems') return WRONG
  for (const { message } of answer.warnings)
    terminal.say(noteText(`${message}; see millrace doctor`, undefined, terminal))
  if ('from' in answer) terminal.say(reuseText(answer))
  if (answer.kind === 'started') return showOne(answer, opened.files, terminal, signals)
  if (report !== null || events !== null) return complain(terminal, 'Cannot write --report or --events of many runs')
  return showBatch(answer, opened.files, terminal, signals)
}

function complain(terminal: Terminal, message: string): number {
  terminal.complain(message, null, 'INVALID_COMMAND_LINE')
  return WRONG
}

function silenced(terminal: Terminal): Terminal {
  return { ...terminal, say: () => undefined, complain: () => undefined, isSilent: true }
}

async function showOne(
  { run, flow, store, unfinished, close }: Started,
  files: Files,
  terminal: Terminal,
  signals: StopSignals,
): Promise<number> {
  if (unfinished.length > 0 && store !== null) terminal.say(unfinishedText(unfinished, store))
  signals.onStop((name) => {
    if (store === null) {
      terminal.say(`Stopping the run: ${name}\n`)
      void run.cancel(`Stopped by ${name}`)
    } else void interrupt(run.id, store, { close, isOver: () => isOver }, terminal, signals)
  })
  let isOver = false
  const lines = files.events === null ? null : openLines(files.events)
  if (!terminal.isSilent || lines !== null) {
    const progress = openProgress(flow.plan.steps, terminal)
    for await (const event of run.events()) {
      progress.note(event)
      await lines?.write(JSON.stringify(event))
    }
    progress.end()
  }
  const outcome = await run.result().catch(asInterrupted)
  if (outcome === null) return new Promise<number>(() => undefined) // whoever interrupts it ends the process
  isOver = true
  const warnings = await run.allWarnings()
  for (const { message, step } of warnings.slice(flow.warnings.length)) terminal.say(noteText(message, step, terminal))
  if (outcome.outcome === 'failed') terminal.complain(failureText(outcome.error), null)
  const text = await tell({ ...outcome, run: run.id, ...(warnings.length === 0 ? {} : { warnings }) }, terminal)
  const isWritten = [
    await isDone('events', terminal, () => lines?.end()),
    await isDone('output', terminal, () => files.output?.appendFile(text)),
    await isDone('report', terminal, async () =>
      files.report?.appendFile(`${JSON.stringify(await run.report(), null, 2)}\n`),
    ),
  ]
  await close().catch(() => undefined) // what the run has told holds
  return isWritten.every(Boolean) ? statusOf(outcome, signals.exitStatus) : BROKEN
}

/** A file that cannot be written costs nobody the outcome, which standard output has already. */
async function isDone(name: string, terminal: Terminal, write: () => Promise<void> | undefined): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    terminal.complain(
      `Cannot write the file of --${name}: ${error instanceof Error ? error.message : String(error)}`,
      null,
    )
    return false
  }
}

/** A run that is stored needs nothing to be interrupted: what it has decided is on the disk. */
async function interrupt(
  run: string,
  store: string,
  { close, isOver }: { readonly close: () => Promise<void>; readonly isOver: () => boolean },
  terminal: Terminal,
  signals: StopSignals,
): Promise<void> {
  terminal.say(`Interrupted. It goes on with: millrace resume ${run}${storeText(store)}\n`)
  await close().catch(() => undefined)
  if (isOver()) return // it ended all the same, and that is told
  await tell({ outcome: 'interrupted', run }, terminal)
  process.exit(signals.exitStatus ?? INTERRUPTED)
}

/** What a rerun takes over, and what it does again, and why. */
function reuseText({ from, steps }: Rerun): string {
  const kept = steps.flatMap(({ id, again }) => (again === null ? oneLine(id) : []))
  const done = steps.flatMap(({ id, again }) => (again === null ? [] : `${oneLine(id)} (${oneLine(again)})`))
  return `Takes over from ${from}: ${listed(kept)}\nDoes again: ${listed(done)}\n`
}

function listed(ids: readonly string[]): string {
  return ids.length === 0 ? 'nothing' : ids.join(', ')
}

function unfinishedText(runs: readonly string[], store: string): string {
  const [first = ''] = runs
  const others = runs.length > 1 ? ` and ${runs.length - 1} more` : ''
  return `${runs.length} run${runs.length > 1 ? 's are' : ' is'} unfinished (${first}${others}): millrace resume${storeText(store)}\n`
}

function storeText(store: string): string {
  return store === STORE_DEFAULT ? '' : ` --store ${store}`
}

/** What the text alone did not show. */
function noteText(message: string, step: string | undefined, { colours }: Terminal): string {
  return `${colours('yellow', 'warning:')} ${step === undefined ? '' : `step "${harmless(step)}": `}${harmless(message)}\n`
}

function failureText({ code, message, step, item }: RunError): string {
  const where =
    step === undefined ? '' : ` in step ${JSON.stringify(step)}${item === undefined ? '' : `, item ${item}`}`
  return `The run failed${where}: ${message} (${code})`
}

async function showBatch(batch: Batch, files: Files, terminal: Terminal, signals: StopSignals): Promise<number> {
  signals.onStop((name) => {
    terminal.say(`Stopping the batch: ${name}\n`)
    batch.cancel(`Stopped by ${name}`)
  })
  const counts = { success: 0, failed: 0, skipped: 0, cancelled: 0 }
  let status = OK
  for await (const outcome of batch.outcomes) {
    counts[outcome.outcome] += 1
    status = Math.max(status, statusOf(outcome, signals.exitStatus))
    const text = await tell(outcome, terminal)
    if (!(await isDone('output', terminal, () => files.output?.appendFile(text)))) status = BROKEN
  }
  const shown = Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : `${count} ${name}`))
  terminal.say(`${batch.count} inputs: ${shown.join(', ') || 'none'}\n`)
  return Math.max(status, signals.exitStatus ?? OK)
}

type Line = (RunOutcome | { readonly outcome: 'interrupted' }) & {
  readonly run: string
  readonly warnings?: readonly unknown[]
}

async function tell(line: Line, terminal: Terminal): Promise<string> {
  const text = `${JSON.stringify(line)}\n`
  await terminal.answer(text)
  return text
}

function statusOf({ outcome }: RunOutcome, stopStatus: number | null): number {
  if (outcome === 'cancelled') return stopStatus ?? FAILED
  return outcome === 'failed' ? FAILED : OK
}
