// Prints how resumed runs end, one line of JSON each, as `run` does; of those that rest, what somebody has to do.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Resumed } from '../../api/operations/resume.ts'
import type { Run } from '../../api/run-handle.ts'
import type { Show } from './command.ts'
import { FAILED, INTERRUPTED, OK, WRONG } from './exit-status.ts'
import { harmless, oneLine } from './harmless.ts'
import { sayProblems } from './problems.ts'
import { asInterrupted, showEnd } from './run-end.ts'
import { StopSignals } from './signals.ts'
import type { Terminal } from './terminal.ts'

export const showResumed: Show<Flags, Resumed | Refusal> = async (ask, _, terminal) => {
  // What runs is stored, and goes on with the next resume; the engine is closed, so that this one does not count against it.
  const signals = new StopSignals(() => false)
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { runs, left, elsewhere } = answer
  for (const run of elsewhere) terminal.say(`${run} goes on in the process that owns its file\n`)
  for (const { run, reason } of left)
    terminal.say(`${terminal.colours('yellow', 'left:')} ${oneLine(run)}: ${harmless(reason)}\n`)
  if (runs.length + left.length + elsewhere.length === 0) terminal.say('No run is unfinished\n')
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => (closing ??= answer.close())
  signals.onStop(() => void close().catch(() => undefined))
  const statuses = await Promise.all(runs.map(async (run) => showOne(run, terminal)))
  await close()
  return signals.exitStatus ?? Math.max(left.length > 0 ? FAILED : OK, ...statuses)
}

async function showOne(run: Run, terminal: Terminal): Promise<number> {
  const end = await run.endOrRest().catch(asInterrupted)
  if (end !== null) return showEnd(run.id, end, terminal)
  await terminal.answer(`${JSON.stringify({ outcome: 'interrupted', run: run.id })}\n`)
  return INTERRUPTED
}
