// Calls the outside world over HTTP. Whether to try again is the step's own `retry`, which waits without holding anything:
// a refused or lost connection is UNREACHABLE, a late answer TIMEOUT, a busy or broken server RESOURCE_UNAVAILABLE.
import type { Json } from '../../lib/json.ts'
import { type HttpClient, type HttpOutcome, type HttpResponse, redirectsMax } from '../../net/client.ts'
import type { NetErrorCode } from '../../net/net-error.ts'
import { Answer, type Call, type Component, type ErrorInfo } from '../component.ts'
import { anything, choice, fields, flag, list, mapping, optional, text, wholeNumber, withDefault } from './fields.ts'
import { BODY_FORMATS, excerptOf, readBody } from './http-body.ts'
import { headersOf, queryOf } from './http-parts.ts'
import { invalidInput } from './invalid-input.ts'

const timeoutMsDefault = 60_000
const timeoutMsMax = 3_600_000

const common = {
  url: text('Where to, with http: or https:.'),
  headers: withDefault(mapping('Headers, by name.'), {}),
  query: withDefault(mapping('What is added to the query of the URL; a list stands for one entry each.'), {}),
  timeout_ms: withDefault(wholeNumber('For all of the call, in milliseconds.', 1, timeoutMsMax), timeoutMsDefault),
  redirects: withDefault(
    wholeNumber('Redirects that are followed; 0: a redirect is the answer.', 0, redirectsMax),
    redirectsMax,
  ),
  response_type: withDefault(choice('How to read the body; `auto`: by its content type.', BODY_FORMATS), 'auto'),
  ok_statuses: withDefault(list('Statuses that are no failure, beside 200 to 299.'), []),
  fail_on_error: withDefault(flag('Whether any other status fails the step.'), true),
}
const withBody = {
  ...common,
  json: optional(anything('The body, sent as JSON.')),
  body: optional(text('The body as text, in place of `json`.')),
}
const methodField = text('The method, such as PUT; if not given, POST where there is a body, else GET.')

const getInput = fields(common)
const postInput = fields(withBody)
const requestInput = fields({ ...withBody, method: optional(methodField) })
type Asked = ReturnType<typeof requestInput.read>

export function createHttpGet(http: HttpClient): Component {
  const read = (given: Json): Asked => ({ ...getInput.read(given), json: null, body: null, method: 'GET' })
  return createHttp(http, 'Get a URL and answer { status, headers, body }', getInput.schema, read)
}

export function createHttpPost(http: HttpClient): Component {
  const read = (given: Json): Asked => ({ ...postInput.read(given), method: 'POST' })
  return createHttp(http, 'Post to a URL and answer { status, headers, body }', postInput.schema, read)
}

export function createHttpRequest(http: HttpClient): Component {
  const description = 'Send an HTTP request and answer { status, headers, body }'
  return createHttp(http, description, requestInput.schema, requestInput.read)
}

function createHttp(http: HttpClient, description: string, input: Json, read: (given: Json) => Asked): Component {
  return {
    effect: 'at-least-once',
    input,
    checksInput: true,
    description,
    async run(given: Json, call: Call) {
      const asked = read(given)
      return answerOf(await send(http, asked, call), asked)
    },
  }
}

function send(http: HttpClient, asked: Asked, call: Call): Promise<HttpOutcome> {
  const { url, json, body, timeout_ms: timeoutMs, redirects } = asked
  if (json !== null && body !== null) throw invalidInput('Cannot send both "json" and "body": give one of them')
  const sent = json === null ? body : JSON.stringify(json)
  const method = asked.method ?? (sent === null ? 'GET' : 'POST')
  const headers = headersOf(asked.headers, { key: call.key, isJson: json !== null })
  const query = queryOf(asked.query)
  return http.request({
    method,
    url,
    headers,
    query,
    body: sent,
    timeoutMs,
    redirectsMax: redirects,
    signal: call.signal,
  })
}

function answerOf(outcome: HttpOutcome, asked: Asked): Json | Answer {
  if (outcome.kind === 'failed') return Answer.fail(netFailure(outcome.code, outcome.message))
  const { response } = outcome
  const { status } = response
  if (asked.fail_on_error && (status < 200 || status > 299) && !asked.ok_statuses.includes(status))
    return Answer.fail(statusFailure(response))
  const body = readBody(response, asked.response_type)
  if ('reason' in body) {
    return Answer.fail(failure(response, { code: 'COMPONENT_FAILED', isRetryable: false }, body.reason))
  }
  return { status, headers: plainHeaders(response), body: body.value }
}

/** Another attempt makes sense for what did not get through; the rest would be the same again. */
function netFailure(code: NetErrorCode, message: string): ErrorInfo {
  if (code === 'UNREACHABLE' || code === 'TIMEOUT') return { code, message }
  const isOfInput = code === 'INVALID_URL' || code === 'INVALID_REQUEST'
  return { code: isOfInput ? 'INVALID_INPUT' : code, message, isRetryable: false }
}

/** The statuses that say "not now": request timeout, too early, too many requests, and all faults of the server. */
function isBusy(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

function statusFailure(response: HttpResponse): ErrorInfo {
  const { status } = response
  const kind = isBusy(status) ? { code: 'RESOURCE_UNAVAILABLE' } : { code: 'COMPONENT_FAILED', isRetryable: false }
  return failure(response, kind, `its status is ${status}`)
}

function failure(response: HttpResponse, kind: Pick<ErrorInfo, 'code' | 'isRetryable'>, why: string): ErrorInfo {
  const message = `Cannot use the answer of "${new URL(response.url).host}": ${why}`
  return { ...kind, message, data: { status: response.status, body: excerptOf(response) } }
}

function plainHeaders({ headers }: HttpResponse): Json {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value ?? '']))
}
