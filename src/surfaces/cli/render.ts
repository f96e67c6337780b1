// Shows what a template gives: the text itself, or a value as one line of JSON.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Rendering } from '../../api/operations/render.ts'
import type { Show } from './command.ts'
import { FAILED, OK, WRONG } from './exit-status.ts'
import { harmless } from './harmless.ts'
import { sayProblems } from './problems.ts'

export const showRendering: Show<Flags, Rendering | Refusal> = async (ask, _, terminal) => {
  const answer = await ask()
  const { colours } = terminal
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  if (answer.kind === 'failed') {
    const { message, line, column, hint, code } = answer.problem
    terminal.complain(`${message}, at line ${line}, column ${column}`, hint, code)
    return FAILED
  }
  for (const { message, line, column } of answer.warnings)
    terminal.say(`${colours('yellow', 'warning:')} ${harmless(message)}, at line ${line}, column ${column}\n`)
  await terminal.answer(answer.text)
  return OK
}
