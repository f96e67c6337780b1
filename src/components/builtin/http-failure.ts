// What a call over HTTP that did not succeed means for the step that made it.
import type { HttpOutcome, HttpResponse } from '../../net/client.ts'
import type { ErrorInfo } from '../component.ts'
import { excerptOf } from './http-body.ts'
import { retryAfterMs } from './retry-after.ts'

type Failed = Extract<HttpOutcome, { kind: 'failed' }>

/** Another attempt makes sense for what did not get through; the rest would be the same again. */
export function netFailure({ code, message }: Failed): ErrorInfo {
  if (code === 'UNREACHABLE' || code === 'TIMEOUT') return { code, message }
  const isOfInput = code === 'INVALID_URL' || code === 'INVALID_REQUEST'
  return { code: isOfInput ? 'INVALID_INPUT' : code, message, isRetryable: false }
}

/** A status that is no success: busy servers are tried again, and no sooner than they ask for. */
export function statusFailure(response: HttpResponse, nowMs: number): ErrorInfo {
  const { status } = response
  return isBusy(status)
    ? busyFailure(response, nowMs)
    : answerFailure(response, { code: 'COMPONENT_FAILED', isRetryable: false }, `its status is ${status}`)
}

/** A server that says "not now". */
export function busyFailure(response: HttpResponse, nowMs: number): ErrorInfo {
  const waitMs = retryAfterMs(response.headers, nowMs)
  const failure = answerFailure(response, { code: 'RESOURCE_UNAVAILABLE' }, `its status is ${response.status}`)
  return waitMs === null ? failure : { ...failure, retryAfterMs: waitMs }
}

/** An answer that cannot be used, with its beginning. */
export function answerFailure(
  response: HttpResponse,
  kind: Pick<ErrorInfo, 'code' | 'isRetryable'>,
  why: string,
): ErrorInfo {
  const message = `Cannot use the answer of "${new URL(response.url).host}": ${why}`
  return { ...kind, message, data: { status: response.status, body: excerptOf(response) } }
}

export function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status <= 299
}

/** The statuses that say "not now": request timeout, too early, too many requests, and all faults of the server. */
function isBusy(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}
