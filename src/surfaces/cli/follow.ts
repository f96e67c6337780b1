// Shows a run as it goes on in whichever process: progress as `run` shows it, or each event as a line.
import type { RunEvent } from '../../api/events.ts'
import type { Followed } from '../../api/follow-run.ts'
import { FAILED, INTERRUPTED } from './exit-status.ts'
import { harmless, oneLine } from './harmless.ts'
import { openProgress } from './progress.ts'
import { sayRest, showEnd, statusOf } from './run-end.ts'
import type { Terminal } from './terminal.ts'

export async function showFollowed(
  { run, steps, events, end, close }: Followed,
  isJson: boolean,
  terminal: Terminal,
): Promise<number> {
  process.once('SIGINT', () => process.exit(INTERRUPTED)) // whoever only looks has nothing to give back
  const progress = isJson ? null : openProgress(steps, terminal)
  for await (const event of events) {
    if (isJson) await terminal.answer(`${JSON.stringify(event)}\n`)
    else progress?.note(event)
    if (event.kind === 'task-logged') progress?.tell(logText(event, terminal))
  }
  progress?.end()
  const ended = await end()
  await close()
  if (!isJson) return showEnd(run, ended, terminal)
  if (!('kind' in ended)) return statusOf(ended)
  sayRest(run, ended, terminal)
  return FAILED
}

/** What a step has logged: each line behind its name, with the item of a loop. */
function logText({ at, text }: RunEvent, { colours }: Terminal): string {
  const item = at?.item ?? null
  const name = `${oneLine(at?.step ?? '')}${item === null ? '' : `[${item}]`}`
  const lines = typeof text === 'string' ? harmless(text).split('\n') : []
  return lines.map((line) => `${colours('dim', `  ${name} │`)} ${line}\n`).join('')
}
