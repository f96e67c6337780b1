// Calls that do harm when they are made twice: mail, chat, webhooks.
// O1  What did not leave is UNREACHABLE and may be tried again; so may what a server says that it has not looked at.
// O2  Where nobody knows whether it arrived, the failure is OUTCOME_UNKNOWN, which no policy tries again.
// O3  Nothing in a failure repeats a token: an answer of the other side may have quoted it.
import type { Json } from '../../lib/json.ts'
import type { HttpClient, HttpOutcome, HttpResponse } from '../../net/client.ts'
import { Answer, type Call, type ErrorInfo } from '../component.ts'
import { text, wholeNumber, withDefault } from './fields.ts'
import { excerptOf } from './http-body.ts'
import { busyFailure, isSuccess, netFailure, statusFailure } from './http-failure.ts'
import { hide } from './hide.ts'
import { invalidInput } from './invalid-input.ts'

const timeoutMsDefault = 30_000
const timeoutMsMax = 600_000

/** Statuses by which a server says that it did nothing yet: its patience ended, or it has no time. */
const NOT_DONE: ReadonlySet<number> = new Set([408, 425, 429, 503])

export type Sending = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  /** What is sent, for messages: "the message". */
  readonly what: string
  /** What no failure may repeat. */
  readonly secrets: readonly string[]
  /** What an answer means whose status does not say it. */
  readonly failure?: (response: HttpResponse, call: Call) => ErrorInfo | null
}

/** Fields that every such component has. */
export const sendingFields = {
  timeout_ms: withDefault(wholeNumber('For all of the call, in milliseconds.', 1, timeoutMsMax), timeoutMsDefault),
}

/** A field for where a service is reached, should that not be its usual address. */
export function baseUrl(usual: string): ReturnType<typeof withDefault<string>> {
  return withDefault(text('Where the service is reached.'), usual)
}

/** The URL of `path`, which begins with `/`, at a service. */
export function urlAt(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`
}

/**
 * Posts once.
 *
 * @returns the answer of a server that took it, or the failure of the step.
 */
export async function sendOnce(http: HttpClient, sending: Sending, call: Call): Promise<HttpResponse | Answer> {
  const { url, headers, body, timeoutMs } = sending
  // What is wrong with it would be quoted otherwise, and some addresses are secrets.
  if (!URL.canParse(url)) throw invalidInput(`Cannot send ${sending.what}: its address is not a URL`)
  const outcome = await http.request({
    method: 'POST',
    url,
    headers,
    body,
    timeoutMs,
    redirectsMax: 0,
    signal: call.signal,
  })
  const answer = readOutcome(outcome, sending, call)
  return 'code' in answer ? refuse(answer, sending.secrets) : answer
}

/** The failure of a step whose message was not taken, without its secrets. */
export function refuse(error: ErrorInfo, secrets: readonly string[]): Answer {
  return Answer.fail(hide(error, secrets))
}

/** Where it cannot be told whether the other side has it. */
export function outcomeUnknown(what: string, reason: string, data: Json = null): ErrorInfo {
  const message = `Cannot tell whether ${what} arrived: ${reason}; look there before sending it again`
  return { code: 'OUTCOME_UNKNOWN', message, isRetryable: false, ...(data !== null && { data }) }
}

function readOutcome(outcome: HttpOutcome, { what, failure }: Sending, call: Call): HttpResponse | ErrorInfo {
  if (outcome.kind === 'failed')
    return outcome.isSent ? outcomeUnknown(what, outcome.message, { code: outcome.code }) : netFailure(outcome)
  const { response } = outcome
  const { status } = response
  if (isSuccess(response)) return response
  if (NOT_DONE.has(status)) return busyFailure(response, call.nowMs)
  if (status < 500) return failure?.(response, call) ?? statusFailure(response, call.nowMs)
  return outcomeUnknown(what, `the status of the answer is ${status}`, { status, body: excerptOf(response) })
}
