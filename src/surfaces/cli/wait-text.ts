// What a run waits for, in words, with what somebody can do.
import { unreachable } from '../../lib/assert.ts'
import type { Standing } from '../../api/follow-run.ts'
import type { RunWait } from '../../api/run-handle.ts'
import { oneLine } from './harmless.ts'

/** @example `waits for a decision about mail: millrace resume RUN --decide 'mail=retry|fail|done:JSON'` */
export function waitText(wait: RunWait | Standing, run: string): string {
  switch (wait.kind) {
    case 'timer':
      return `waits until ${new Date(wait.untilMs).toISOString()}`
    case 'secret':
      return `waits for the secret ${oneLine(wait.name)}: millrace resume ${run} --secret ${oneLine(wait.name)}`
    case 'user':
      return `paused${wait.reason === null ? '' : ` (${oneLine(wait.reason)})`}: millrace resume ${run}`
    case 'quarantine':
      return `set aside (${oneLine(wait.reason)}): millrace resume ${run}`
    case 'decision': {
      const [first = ''] = wait.steps
      return `waits for a decision about ${wait.steps.map(oneLine).join(', ')}: millrace resume ${run} --decide '${oneLine(first)}=retry|fail|done:JSON'${wait.untilMs === undefined ? '' : `; by itself it goes on at ${new Date(wait.untilMs).toISOString()}`}`
    }
    case 'nobody':
      return `no process is at work on it: millrace resume ${run}`
    default:
      return unreachable(wait)
  }
}
