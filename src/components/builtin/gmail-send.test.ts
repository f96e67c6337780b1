import { expect, test } from 'vitest'
import type { JsonRecord } from '../../lib/json.ts'
import type { Asked } from '../component.suite.ts'
import { json, service } from './service.world.ts'

const gmail = service()
const send = (input: JsonRecord): Promise<Asked> =>
  gmail.ask('gmail_send', { base_url: gmail.origin, token: 'ya29.t', to: 'a@b.example', subject: 'Hi', ...input })
const mails = (): readonly string[] =>
  gmail.requests.map(({ body }) => Buffer.from(JSON.parse(body).raw, 'base64url').toString())

test('a mail is sent as the account that the token belongs to', async () => {
  gmail.answers(json(200, { id: '18c', threadId: '18b', labelIds: ['SENT'] }))
  const asked = await send({ body: 'Grüße', cc: 'c@d.example', thread_id: '18b' })
  expect(asked).toEqual({ kind: 'success', output: { id: '18c', thread_id: '18b' } })
  expect(gmail.requests[0]).toMatchObject({
    method: 'POST',
    url: '/gmail/v1/users/me/messages/send',
    headers: { authorization: 'Bearer ya29.t', 'content-type': 'application/json' },
  })
  expect(JSON.parse(gmail.requests[0]?.body ?? '')).toMatchObject({ threadId: '18b' })
  expect(mails()).toEqual([
    'To: a@b.example\r\nCc: c@d.example\r\nSubject: Hi\r\nMIME-Version: 1.0\r\n' +
      'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ==\r\n',
  ])
})

test('text names several with commas, and an entry of a list is one', async () => {
  gmail.answers(json(200, {}))
  await send({ to: '"Doe, Jane" <jane@x.example>, b@x.example', bcc: ['c@x.example', 'd@x.example'] })
  expect(mails()[0]).toContain(
    'To: "Doe, Jane" <jane@x.example>,\r\n b@x.example\r\nBcc: c@x.example,\r\n d@x.example\r\n',
  )
  expect(await send({ to: ['a@x.example, evil@x.example'] })).toMatchObject({
    error: { message: 'Cannot send the mail: "a@x.example, evil@x.example" is no address' },
  })
})

const refusal = (reason: string): JsonRecord => ({
  error: { code: 403, message: 'm', errors: [{ domain: 'usageLimits', reason }], status: 'PERMISSION_DENIED' },
})

test('a quota that is used up is not now, any other 403 is no', async () => {
  gmail.answers(json(403, refusal('userRateLimitExceeded'), { 'retry-after': '60' }))
  expect(await send({})).toMatchObject({ error: { code: 'RESOURCE_UNAVAILABLE', retryAfterMs: 60_000 } })
  gmail.answers(json(403, refusal('insufficientPermissions')))
  expect(await send({})).toMatchObject({ error: { code: 'COMPONENT_FAILED', isRetryable: false } })
})

test.each([
  [{ to: '' }, 'Cannot send the mail: nobody gets it'],
  [{ to: ['x'] }, 'Cannot send the mail: "x" is no address'],
  [{ to: [5] }, 'Cannot use a list as "to" of the input: expected an address, or a list of them'],
  [{ to: Array.from({ length: 501 }, () => 'a@b.example') }, 'Cannot send the mail: it is for more than 500 addresses'],
  [{ body: 'x'.repeat(4_000_000) }, 'Cannot send the mail: it is longer than 5000000 bytes'],
])('%.40j is refused', async (input, message) => {
  expect(await send(input)).toMatchObject({ error: { code: 'INVALID_INPUT', message } })
  expect(gmail.requests).toEqual([])
})
