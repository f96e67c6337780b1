import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { json, service } from './service.world.ts'

const receiver = service()

test('data is sent as JSON with the key of the step, and the answer comes back', async () => {
  receiver.answers(json(202, { queued: true }))
  const input = { url: `${receiver.origin}/hook`, json: { a: ['ü'] }, headers: { 'X-From': 'me' } }
  expect(await receiver.ask('webhook_send', input, { key: 'r.0.s' })).toEqual({
    kind: 'success',
    output: { status: 202, body: { queued: true } },
  })
  expect(receiver.requests).toEqual([
    expect.objectContaining({
      method: 'POST',
      url: '/hook',
      body: '{"a":["ü"]}',
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'idempotency-key': 'r.0.s',
        'x-from': 'me',
      }),
    }),
  ])
  expect(receiver.requests[0]?.headers).not.toHaveProperty('x-webhook-signature')
})

test('a body is signed by its bytes as they are sent', async () => {
  for (const input of [{ json: { b: 1, a: 'ü' } }, { body: 'a=1 ' }, { body: '' }]) {
    receiver.answers((_request, response) => response.end())
    await receiver.ask('webhook_send', { url: receiver.origin, secret: 'shared', ...input })
    const request = receiver.requests.at(-1)
    const expected = createHmac('sha256', 'shared')
      .update(Buffer.from(request?.body ?? ''))
      .digest('hex')
    expect(request?.headers['x-webhook-signature']).toBe(`sha256=${expected}`)
  }
  // RFC 4231, test case 2.
  await receiver.ask('webhook_send', { url: receiver.origin, secret: 'Jefe', body: 'what do ya want for nothing?' })
  expect(receiver.requests.at(-1)?.headers['x-webhook-signature']).toBe(
    'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test('a flow cannot sign by hand where a secret signs', async () => {
  receiver.answers((_request, response) => response.end())
  const headers = { 'X-Webhook-Signature': 'sha256=0' }
  await receiver.ask('webhook_send', { url: receiver.origin, body: 'x', secret: 'shared', headers })
  expect(receiver.requests[0]?.headers['x-webhook-signature']).toMatch(/^sha256=[0-9a-f]{64}$/)
})

test('an answer that cannot be read does not undo the call', async () => {
  receiver.answers((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'))
  expect(await receiver.ask('webhook_send', { url: receiver.origin, json: 1 })).toMatchObject({
    output: { status: 200, body: null },
  })
})

test.each([[{}], [{ json: 1, body: 'x' }]])('%j has not one thing to say', async (input) => {
  expect(await receiver.ask('webhook_send', { url: receiver.origin, ...input })).toMatchObject({
    error: { code: 'INVALID_INPUT' },
  })
})
