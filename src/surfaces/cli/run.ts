// Shows a run: progress on standard error while it goes on, its outcome as one line of JSON on standard output.
import type { Refusal } from '../../api/intake.ts'
import type { Started } from '../../api/operations/run.ts'
import { FAILED, OK, WRONG } from './exit-status.ts'
import { sayProblems } from './problems.ts'
import type { Terminal } from './terminal.ts'

export async function showRun(answer: Started | Refusal, terminal: Terminal): Promise<number> {
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { run } = answer
  const outcome = await run.result()
  await terminal.answer(`${JSON.stringify({ ...outcome, run: run.id })}\n`)
  return outcome.outcome === 'failed' ? FAILED : OK
}
