// Posts a message to Slack (chat.postMessage).
import type { Json } from '../../lib/json.ts'
import type { HttpClient, HttpResponse } from '../../net/client.ts'
import type { Answer, Call, Component, ErrorInfo } from '../component.ts'
import { mappingIn, pick } from './answer-json.ts'
import { either } from './either.ts'
import { fields, list, optional, orJson, text } from './fields.ts'
import { busyFailure } from './http-failure.ts'
import { invalidInput } from './invalid-input.ts'
import { baseUrl, outcomeUnknown, refuse, sendingFields, sendOnce, urlAt } from './send-once.ts'

const input = fields({
  channel: text('The id of a channel, group or person, such as C0123456789, or a name such as #general.'),
  text: optional(text('The message; beside `blocks`, what notifications show.')),
  message: optional(text('The same as `text`.')),
  blocks: optional(orJson(list('Blocks of Block Kit.'))),
  thread_ts: optional(text('The `ts` of the message that it answers.')),
  token: text('A token of a bot or a person, such as xoxb-….'),
  base_url: baseUrl('https://slack.com/api'),
  ...sendingFields,
})

const BUSY: ReadonlySet<Json> = new Set(['ratelimited', 'rate_limited', 'service_unavailable'])
/** Of these Slack says that some of it may have happened. */
const UNKNOWN: ReadonlySet<Json> = new Set(['internal_error', 'fatal_error', 'request_timeout'])

export function createSlackPostMessage(http: HttpClient): Component {
  return {
    effect: 'at-most-once',
    input: input.schema,
    checksInput: true,
    description: 'Post a message to Slack and answer { channel, ts, message }',
    async run(given: Json, call: Call): Promise<Json | Answer> {
      const asked = input.read(given)
      const secrets = [asked.token]
      const response = await sendOnce(
        http,
        {
          url: urlAt(asked.base_url, '/chat.postMessage'),
          headers: {
            authorization: `Bearer ${asked.token}`,
            'content-type': 'application/json; charset=utf-8',
          },
          body: bodyOf(asked),
          timeoutMs: asked.timeout_ms,
          what: 'the message',
          secrets,
        },
        call,
      )
      if (!('status' in response)) return response
      const said = mappingIn(response)
      return said['ok'] === true
        ? pick(said, ['channel', 'ts', 'message'])
        : refuse(refusalOf(response, said['error'] ?? 'something else than "ok"', call), secrets)
    },
  }
}

function bodyOf(asked: ReturnType<typeof input.read>): string {
  const { channel, blocks, thread_ts: thread } = asked
  const words = either({ text: asked.text, message: asked.message })
  if (words === null && blocks === null) throw invalidInput('Cannot find "text" in the input: expected text or blocks')
  return JSON.stringify({
    channel,
    ...(words !== null && { text: words }),
    ...(blocks !== null && { blocks }),
    ...(thread !== null && { thread_ts: thread }),
  })
}

/** Slack refuses with the status 200. */
function refusalOf(response: HttpResponse, reason: Json, { nowMs }: Call): ErrorInfo {
  if (BUSY.has(reason)) return busyFailure(response, nowMs)
  const data = { status: response.status, ...pick(mappingIn(response), ['error', 'needed', 'response_metadata']) }
  const said = typeof reason === 'string' ? reason : JSON.stringify(reason)
  if (UNKNOWN.has(reason)) return outcomeUnknown('the message', `Slack says ${said}`, data)
  return { code: 'COMPONENT_FAILED', message: `Cannot post the message: Slack says ${said}`, data, isRetryable: false }
}
