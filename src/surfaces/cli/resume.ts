// Prints how resumed runs end, one line of JSON each, as `run` does; of those that rest, what somebody has to do.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Resumed } from '../../api/operations/resume.ts'
import type { Show } from './command.ts'
import { FAILED, INTERRUPTED, OK, WRONG } from './exit-status.ts'
import { harmless, oneLine } from './harmless.ts'
import { sayProblems } from './problems.ts'
import { showEnd } from './run-end.ts'

export const showResumed: Show<Flags, Resumed | Refusal> = async (ask, _, terminal) => {
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
  // What runs is stored, and goes on with the next resume.
  process.once('SIGINT', () => process.exit(INTERRUPTED))
  const statuses = await Promise.all(runs.map(async (run) => showEnd(run.id, await run.endOrRest(), terminal)))
  await answer.close()
  return Math.max(left.length > 0 ? FAILED : OK, ...statuses)
}
