import { expect, test } from 'vitest'
import type { JsonRecord } from '../../lib/json.ts'
import type { Asked } from '../component.suite.ts'
import { json, service } from './service.world.ts'

const discord = service()
const asBot = (input: JsonRecord, key = 'k'): Promise<Asked> => {
  const bot = { base_url: `${discord.origin}/api/v10`, channel_id: '41', token: 'bot-token' }
  return discord.ask('discord_post_message', { ...bot, ...input }, { key })
}
const sent = (): unknown => discord.requests.map(({ body }) => JSON.parse(body))

test('a bot posts to a channel, with one nonce for all attempts of a step', async () => {
  discord.answers(json(200, { id: '7', channel_id: '41', content: 'hi', type: 0 }))
  expect(await asBot({ message: 'hi', allowed_mentions: { parse: [] } })).toEqual({
    kind: 'success',
    output: { id: '7', channel_id: '41' },
  })
  await asBot({ content: 'hi' })
  await asBot({ content: 'hi' }, 'other')
  expect(discord.requests[0]).toMatchObject({
    method: 'POST',
    url: '/api/v10/channels/41/messages',
    headers: { authorization: 'Bot bot-token', 'content-type': 'application/json' },
  })
  const [first, second, other] = discord.requests.map(({ body }) => JSON.parse(body))
  expect(first).toMatchObject({ content: 'hi', enforce_nonce: true, allowed_mentions: { parse: [] } })
  expect(first.nonce).toMatch(/^[0-9a-f]{25}$/)
  expect([second.nonce === first.nonce, other.nonce === first.nonce]).toEqual([true, false])
})

test('a webhook is called at its URL, waits for the message, and may have another name', async () => {
  discord.answers(json(200, { id: '8', channel_id: '42' }))
  const input = { webhook_url: `${discord.origin}/api/webhooks/1/tok?thread_id=5`, content: 'hi', username: 'Ada' }
  expect(await discord.ask('discord_post_message', input)).toMatchObject({ output: { id: '8', channel_id: '42' } })
  expect(discord.requests[0]?.url).toBe('/api/webhooks/1/tok?thread_id=5&wait=true')
  expect(sent()).toEqual([{ content: 'hi', username: 'Ada' }])
})

test('a failure tells what Discord found wrong, and never the token of a webhook', async () => {
  const said = { code: 50_035, message: 'Invalid Form Body', errors: { content: {} } }
  discord.answers((request, response) => response.writeHead(400).end(JSON.stringify({ ...said, at: request.url })))
  const input = { webhook_url: `${discord.origin}/api/webhooks/1/tok-tok`, content: 'x' }
  const asked = await discord.ask('discord_post_message', input)
  expect(asked).toMatchObject({ error: { code: 'COMPONENT_FAILED', data: { body: expect.stringContaining('50035') } } })
  expect(JSON.stringify(asked)).not.toContain('tok-tok')
})

test.each([
  [{ channel_id: null }, 'Cannot tell where to post'],
  [{ webhook_url: 'https://discord.com/api/webhooks/1/t' }, 'Cannot use "channel_id" or "token" beside "webhook_url"'],
  [{ username: 'Ada' }, 'Cannot use "username" without "webhook_url"'],
  [{ content: null }, 'Cannot find "content" in the input'],
])('%j is refused', async (input, message) => {
  const asked = await asBot({ content: 'hi', ...input })
  expect(asked).toMatchObject({ error: { code: 'INVALID_INPUT', message: expect.stringContaining(message) } })
  expect(discord.requests).toEqual([])
})
