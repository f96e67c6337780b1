// Prints how resumed runs end, one line of JSON each, as `run` does.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Resumed } from '../../api/operations/resume.ts'
import type { Show } from './command.ts'
import { FAILED, INTERRUPTED, OK, WRONG } from './exit-status.ts'
import { harmless } from './harmless.ts'
import { sayProblems } from './problems.ts'

export const showResumed: Show<Flags, Resumed | Refusal> = async (ask, _, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { runs, left } = answer
  for (const { run, reason } of left)
    terminal.say(`${terminal.colours('yellow', 'left:')} ${run}: ${harmless(reason)}\n`)
  if (runs.length === 0 && left.length === 0) terminal.say('No run is unfinished\n')
  // What runs is stored, and goes on with the next resume.
  process.once('SIGINT', () => process.exit(INTERRUPTED))
  let status = left.length > 0 ? FAILED : OK
  for (const run of runs) {
    const outcome = await run.result()
    if (outcome.outcome === 'failed' || outcome.outcome === 'cancelled') status = FAILED
    await terminal.answer(`${JSON.stringify({ ...outcome, run: run.id })}\n`)
  }
  await answer.close()
  return status
}
