import { expect, test } from 'vitest'
import type { JsonRecord } from '../../lib/json.ts'
import type { Asked } from '../component.suite.ts'
import { json, service } from './service.world.ts'

const slack = service()
const post = (input: JsonRecord, nowMs = 0): Promise<Asked> =>
  slack.ask(
    'slack_post_message',
    { base_url: `${slack.origin}/api/`, token: 'xoxb-1', channel: 'C1', ...input },
    { nowMs },
  )

test('a message is posted as JSON with the token, and answered with where it is', async () => {
  slack.answers(
    json(200, { ok: true, channel: 'C123', ts: '1503435956.000247', message: { text: 'hi', type: 'message' } }),
  )
  expect(await post({ text: 'hi', thread_ts: '1.2' })).toEqual({
    kind: 'success',
    output: { channel: 'C123', ts: '1503435956.000247', message: { text: 'hi', type: 'message' } },
  })
  const [request] = slack.requests
  expect(request).toMatchObject({
    method: 'POST',
    url: '/api/chat.postMessage',
    headers: { authorization: 'Bearer xoxb-1', 'content-type': 'application/json; charset=utf-8' },
  })
  expect(JSON.parse(request?.body ?? '')).toEqual({ channel: 'C1', text: 'hi', thread_ts: '1.2' })
})

test('message is another name of text, and blocks may stand alone', async () => {
  slack.answers(json(200, { ok: true, channel: 'C', ts: '1' }))
  await post({ message: 'grüße' })
  await post({ blocks: [{ type: 'divider' }] })
  await post({ blocks: '[{ "type": "divider" }]' })
  expect(slack.requests.map(({ body }) => JSON.parse(body))).toEqual([
    { channel: 'C1', text: 'grüße' },
    { channel: 'C1', blocks: [{ type: 'divider' }] },
    { channel: 'C1', blocks: [{ type: 'divider' }] },
  ])
})

test('an answer that is not ok is a failure, though its status is 200', async () => {
  slack.answers(json(200, { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'a' }))
  expect(await post({ text: 'hi' })).toEqual({
    kind: 'failed',
    error: {
      code: 'COMPONENT_FAILED',
      message: 'Cannot post the message: Slack says missing_scope',
      data: { status: 200, error: 'missing_scope', needed: 'chat:write' },
      isRetryable: false,
    },
  })
  slack.answers((_request, response) => response.end('<html>'))
  expect(await post({ text: 'hi' })).toMatchObject({ error: { code: 'COMPONENT_FAILED' } })
})

test.each([
  [429, 'ratelimited', 'RESOURCE_UNAVAILABLE', 30_000],
  [200, 'ratelimited', 'RESOURCE_UNAVAILABLE', 30_000],
  [200, 'fatal_error', 'OUTCOME_UNKNOWN', undefined],
])('the status %i with %s is %s', async (status, error, code, retryAfterMs) => {
  slack.answers(json(status, { ok: false, error }, { 'retry-after': '30' }))
  const asked = await post({ text: 'hi' })
  expect(asked.kind === 'failed' && [asked.error.code, asked.error.retryAfterMs]).toEqual([code, retryAfterMs])
})

test.each([
  [{}, 'Cannot find "text" in the input: expected text or blocks'],
  [{ text: 'a', message: 'b' }, 'Cannot use both "text" and "message": give one of them'],
  [{ blocks: '{}' }, 'Cannot use a mapping as "blocks" of the input: expected a list'],
  [{ blocks: 'x' }, 'Cannot use text as "blocks" of the input: expected a list'],
  [{ text: 'a', channel: 5 }, 'Cannot use 5 as "channel" of the input: expected text'],
])('%j is refused', async (input, message) => {
  expect(await post(input)).toMatchObject({ error: { code: 'INVALID_INPUT', message } })
  expect(slack.requests).toEqual([])
})
