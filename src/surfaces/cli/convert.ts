// Prints the converted flow; what it does not say goes to standard error.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Conversion } from '../../api/operations/convert.ts'
import type { Show } from './command.ts'
import { FAILED, OK, WRONG } from './exit-status.ts'
import { harmless } from './harmless.ts'
import { sayProblems } from './problems.ts'

export const showConversion: Show<Flags, Conversion | Refusal> = async (ask, _, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { losses, text } = answer
  for (const { step, what } of losses) {
    const where = step === null ? '' : `step "${harmless(step)}": `
    terminal.say(`${terminal.colours('yellow', 'not said:')} ${where}${harmless(what)}\n`)
  }
  await terminal.answer(text)
  return losses.length === 0 ? OK : FAILED
}
