// Shows the runs of a store, one line each.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Listing } from '../../api/operations/runs.ts'
import { durationText } from '../../lib/duration-text.ts'
import type { Show } from './command.ts'
import { OK, WRONG } from './exit-status.ts'
import { harmless } from './harmless.ts'
import { sayProblems } from './problems.ts'

export const runsFlags = { json: { kind: 'switch', doc: 'as JSON' } } as const satisfies Flags

export const showRuns: Show<typeof runsFlags, Listing | Refusal> = async (ask, { json }, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { runs } = answer
  await terminal.answer(json ? `${JSON.stringify({ runs }, null, 2)}\n` : runs.map(lineOf).join(''))
  return OK
}

function lineOf({ id, status, flow, startedAtMs, endedAtMs }: Listing['runs'][number]): string {
  const started = new Date(startedAtMs).toISOString().slice(0, 19).replace('T', ' ')
  const took = endedAtMs === null ? 'unfinished' : durationText(endedAtMs - startedAtMs)
  return `${id}  ${status.padEnd(9)}  ${started}  ${took}${flow === null ? '' : `  ${harmless(flow)}`}\n`
}
