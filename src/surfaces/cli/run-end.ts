// How a run has ended, as one line of JSON; or what it rests on, and what somebody has to do about that.
import type { Standing } from '../../api/follow-run.ts'
import { isEngineClosed, type RunOutcome } from '../../api/outcome.ts'
import type { RunWait } from '../../api/run-handle.ts'
import { FAILED, OK } from './exit-status.ts'
import type { Terminal } from './terminal.ts'
import { waitText } from './wait-text.ts'

/** The engine was closed under it: somebody has interrupted it. */
export function asInterrupted(error: unknown): null {
  if (isEngineClosed(error)) return null
  throw error
}

/** Answers the exit status. */
export async function showEnd(run: string, end: RunOutcome | RunWait | Standing, terminal: Terminal): Promise<number> {
  if ('kind' in end) {
    sayRest(run, end, terminal)
    await terminal.answer(`${JSON.stringify({ outcome: 'interrupted', run, waitsFor: end })}\n`)
    return FAILED
  }
  await terminal.answer(`${JSON.stringify({ ...end, run })}\n`)
  return statusOf(end)
}

export function sayRest(run: string, wait: RunWait | Standing, { say, colours }: Terminal): void {
  say(`${colours('yellow', 'rests:')} ${run} ${waitText(wait, run)}\n`)
}

export function statusOf({ outcome }: RunOutcome): number {
  return outcome === 'failed' || outcome === 'cancelled' ? FAILED : OK
}
