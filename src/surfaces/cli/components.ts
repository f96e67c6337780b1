// Shows the components that flows can call.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Catalogue } from '../../api/operations/components.ts'
import { isRecord, type Json } from '../../lib/json.ts'
import type { Show } from './command.ts'
import { OK, WRONG } from './exit-status.ts'
import { sayProblems } from './problems.ts'

export const componentsFlags = {
  json: { kind: 'switch', doc: 'all that is known of them, with schemas' },
} as const satisfies Flags

export const showComponents: Show<typeof componentsFlags, Catalogue | Refusal> = async (ask, { json }, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { components } = answer
  if (json) await terminal.answer(`${JSON.stringify({ components }, null, 2)}\n`)
  else await terminal.answer(components.map(linesOf).join(''))
  return OK
}

function linesOf({ path, effect, description, input }: Catalogue['components'][number]): string {
  const fields = fieldsOf(input)
  return [
    `${path}  (${effect})\n`,
    description === undefined ? '' : `    ${description}\n`,
    fields === '' ? '' : `    input: ${fields}\n`,
  ].join('')
}

/** The names of an input's fields; those that may be left out with a question mark. */
function fieldsOf(schema: Json | undefined): string {
  if (!isRecord(schema) || !isRecord(schema['properties'])) return ''
  const required: readonly Json[] = Array.isArray(schema['required']) ? schema['required'] : []
  return Object.keys(schema['properties'])
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .join(', ')
}
