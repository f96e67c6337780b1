// Shows an answer that is text.
import type { Refusal } from '../../api/intake.ts'
import type { Terminal } from './terminal.ts'
import { harmless } from './harmless.ts'
import { OK, WRONG } from './exit-status.ts'
import { sayProblems } from './problems.ts'

export type Text = { readonly kind: 'text'; readonly text: string }

export async function showText(ask: () => Promise<Text | Refusal>, _: object, terminal: Terminal): Promise<number> {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  await terminal.answer(harmless(answer.text))
  return OK
}
