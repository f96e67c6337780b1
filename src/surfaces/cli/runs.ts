// Shows the runs of a store, one line each, and how many there are in all.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Listing } from '../../api/operations/runs.ts'
import { durationText } from '../../lib/duration-text.ts'
import type { Show } from './command.ts'
import { BROKEN, OK, WRONG } from './exit-status.ts'
import { oneLine } from './harmless.ts'
import { sayProblems } from './problems.ts'
import { waitText } from './wait-text.ts'

export const runsFlags = { json: { kind: 'switch', doc: 'as JSON' } } as const satisfies Flags

export const showRuns: Show<typeof runsFlags, Listing | Refusal> = async (ask, { json }, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { runs, damaged, totals } = answer
  for (const { message } of damaged) terminal.complain(message, 'See millrace doctor', 'STORE_DAMAGED')
  if (json) await terminal.answer(`${JSON.stringify({ runs, damaged, totals: Object.fromEntries(totals) }, null, 2)}\n`)
  else {
    await terminal.answer(runs.map(lineOf).join(''))
    const counts = [...totals].map(([status, count]) => `${count} ${status}`)
    terminal.say(counts.length === 0 ? 'No runs\n' : `${counts.join(', ')}\n`)
  }
  return damaged.length > 0 ? BROKEN : OK
}

function lineOf({ id, status, flow, startedAtMs, endedAtMs, waitsFor }: Listing['runs'][number]): string {
  const started = new Date(startedAtMs).toISOString().slice(0, 19).replace('T', ' ')
  const took = endedAtMs === null ? 'unfinished' : durationText(endedAtMs - startedAtMs)
  const waits = waitsFor === null ? '' : `  ${waitText(waitsFor, id)}`
  return `${id}  ${status.padEnd(9)}  ${started}  ${took}${flow === null ? '' : `  ${oneLine(flow)}`}${waits}\n`
}
