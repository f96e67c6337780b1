// Says what was done to a run.
import type { Controlled } from '../../api/control-run.ts'
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Show } from './command.ts'
import { OK, WRONG } from './exit-status.ts'
import { sayProblems } from './problems.ts'

export const showControlled: Show<Flags, Controlled | Refusal> = async (ask, _, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  await terminal.answer(`${answer.run} ${answer.text}\n`)
  return OK
}
