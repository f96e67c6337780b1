// Calls the outside world over HTTP. Whether to try again is the step's own `retry`, which waits without holding anything:
// a refused or lost connection is UNREACHABLE, a late answer TIMEOUT, a busy or broken server RESOURCE_UNAVAILABLE,
// with the wait that it asks for in `Retry-After`.
import type { Json } from '../../lib/json.ts'
import { type HttpClient, type HttpOutcome, type HttpResponse, redirectsMax } from '../../net/client.ts'
import { Answer, type Call, type Component } from '../component.ts'
import {
  anything,
  choice,
  fields,
  flag,
  list,
  mapping,
  optional,
  orJson,
  text,
  wholeNumber,
  withDefault,
} from './fields.ts'
import { BODY_FORMATS, readBody } from './http-body.ts'
import { answerFailure, isSuccess, netFailure, statusFailure } from './http-failure.ts'
import { headersOf, queryOf } from './http-parts.ts'
import { invalidInput } from './invalid-input.ts'

const timeoutMsDefault = 60_000
const timeoutMsMax = 3_600_000

const common = {
  url: text('Where to, with http: or https:.'),
  headers: withDefault(orJson(mapping('Headers, by name.')), {}),
  query: withDefault(orJson(mapping('What is added to the query of the URL; a list stands for one entry each.')), {}),
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
      return answerOf(await send(http, asked, call), asked, call)
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

function answerOf(outcome: HttpOutcome, asked: Asked, { nowMs }: Call): Json | Answer {
  if (outcome.kind === 'failed') return Answer.fail(netFailure(outcome))
  const { response } = outcome
  const { status } = response
  if (asked.fail_on_error && !isSuccess(response) && !asked.ok_statuses.includes(status))
    return Answer.fail(statusFailure(response, nowMs))
  const body = readBody(response, asked.response_type)
  if ('reason' in body)
    return Answer.fail(answerFailure(response, { code: 'COMPONENT_FAILED', isRetryable: false }, body.reason))
  return { status, headers: plainHeaders(response), body: body.value }
}

function plainHeaders({ headers }: HttpResponse): Json {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value ?? '']))
}
