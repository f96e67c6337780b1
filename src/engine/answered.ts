// What came of calling a component, whatever it threw or returned.
import { Answer, type ErrorInfo } from '../components/component.ts'

/** Whether it comes later. A getter or a proxy may throw when it is asked. */
export function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
}

/** What a component asks for in place of an output; `null` for an output. A proxy may throw when it is asked what it is. */
export function requestIn(value: unknown): Answer['of'] | null {
  try {
    return value instanceof Answer ? value.of : null
  } catch {
    return null
  }
}

/** No wait is longer than a year. */
const WAIT_MS_MAX = 366 * 86_400_000
const PARALLEL_MAX = 1_024

function refuse(message: string): ErrorInfo {
  return { code: 'INVALID_OUTPUT', message, isRetryable: false }
}

/** What is wrong with a request: its class can be used by anybody. */
export function faultOf(of: Answer['of'], nowMs: number): ErrorInfo | null {
  if (of.kind === 'wait' && !(Number.isFinite(of.untilMs) && of.untilMs - nowMs <= WAIT_MS_MAX))
    return refuse(`A component asked to wait until ${of.untilMs}: a time within a year is needed (waitMsMax)`)
  if (of.kind !== 'frames' || of.parallelMax === null) return null
  const isCount = Number.isInteger(of.parallelMax) && of.parallelMax >= 1 && of.parallelMax <= PARALLEL_MAX
  if (isCount) return null
  return refuse(
    `A component asked for ${of.parallelMax} flows at once: 1 to ${PARALLEL_MAX} are possible (parallelMax)`,
  )
}
