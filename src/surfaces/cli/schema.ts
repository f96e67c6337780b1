// Prints a schema.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { EditorSchema } from '../../api/operations/schema.ts'
import type { Show } from './command.ts'
import { OK, WRONG } from './exit-status.ts'
import { sayProblems } from './problems.ts'

export const showSchema: Show<Flags, EditorSchema | Refusal> = async (ask, _, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  await terminal.answer(`${JSON.stringify(answer.schema, null, 2)}\n`)
  return OK
}
