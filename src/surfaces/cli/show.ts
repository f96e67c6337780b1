// Shows a run as `run` did while it ran: a line for each step, then how it ended.
import type { Followed } from '../../api/follow-run.ts'
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Shown } from '../../api/operations/show.ts'
import { createBoard } from './board.ts'
import type { Show } from './command.ts'
import { OK, WRONG } from './exit-status.ts'
import { sayProblems } from './problems.ts'
import { stepLine } from './step-line.ts'

export const showFlags = {
  json: { kind: 'switch', doc: 'the whole report, as JSON; with --follow, every event as --events' },
  events: { kind: 'switch', doc: 'every event, one line of JSON each' },
} as const satisfies Flags

export const showShown: Show<typeof showFlags, Shown | Followed | Refusal> = async (ask, flags, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  if (answer.kind === 'followed') {
    const { showFollowed } = await import('./follow.ts')
    return showFollowed(answer, flags.json || flags.events, terminal)
  }
  const { report, part, events } = answer
  if (flags.events) {
    for (const event of events) await terminal.answer(`${JSON.stringify(event)}\n`)
    return OK
  }
  if (part !== null || flags.json) {
    await terminal.answer(`${JSON.stringify(part ?? report, null, 2)}\n`)
    return OK
  }
  const board = createBoard(report.steps.map(({ id }) => id))
  for (const event of events) board.note(event)
  const lastMs = events.at(-1)?.atMs ?? 0
  const lines = [...board.steps.values()].map((one) =>
    stepLine(one, lastMs, (_, text) => text, Number.POSITIVE_INFINITY),
  )
  const { id, status } = report.run
  const end = report.outcome === null ? 'unfinished' : JSON.stringify(report.outcome)
  await terminal.answer([`${id} ${status}`, ...lines, end, ''].join('\n'))
  return OK
}
