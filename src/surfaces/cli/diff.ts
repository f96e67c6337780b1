// Shows where two runs differ, a line for each difference.
import type { Difference } from '../../api/diff-runs.ts'
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Compared } from '../../api/operations/diff.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { Show } from './command.ts'
import { OK, WRONG } from './exit-status.ts'
import { oneLine } from './harmless.ts'
import { sayProblems } from './problems.ts'

export const diffFlags = { json: { kind: 'switch', doc: 'as JSON' } } as const satisfies Flags

const LINES_MAX = 100
const VALUE_LENGTH_MAX = 60

export const showDiff: Show<typeof diffFlags, Compared | Refusal> = async (ask, { json }, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { differences } = answer
  if (json) await terminal.answer(`${JSON.stringify({ differences }, null, 2)}\n`)
  else if (differences.length === 0) await terminal.answer('no difference\n')
  else await terminal.answer(`${differences.slice(0, LINES_MAX).map(lineOf).join('\n')}\n`)
  if (!json && differences.length > LINES_MAX)
    terminal.say(`and ${differences.length - LINES_MAX} more; --json has all\n`)
  return OK
}

/** @example `total output.euro: 20317.48 → 19000` */
function lineOf({ step, item, field, a, b }: Difference): string {
  const where = step === null ? '' : `${step}${item === null ? '' : `[${item}]`} `
  return oneLine(`${where}${field}: ${shown(a)} → ${shown(b)}`)
}

function shown(value: Difference['a']): string {
  return value === null ? 'nothing' : excerpt(JSON.stringify(value), VALUE_LENGTH_MAX)
}
