// What components that send a message hold to, each of them: it is sent once or not at all, or else nobody claims to know.
import { expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import type { Asked } from '../component.suite.ts'
import { type Reply, service } from './service.world.ts'

const there = service()

const TOKEN = 'secret/token+1'
const SENDERS: Readonly<Record<string, (origin: string) => Json>> = {
  slack_post_message: (origin) => ({ base_url: origin, token: TOKEN, channel: 'C1', text: 'hi' }),
  gmail_send: (origin) => ({ base_url: origin, token: TOKEN, to: 'a@b.example', subject: 's', body: 'b' }),
  discord_post_message: (origin) => ({ base_url: origin, token: TOKEN, channel_id: '1', content: 'hi' }),
  webhook_send: (origin) => ({ url: origin, json: { a: 1 }, secret: TOKEN }),
}
const names = Object.keys(SENDERS)
const send = (name: string, origin = there.origin): Promise<Asked> => there.ask(name, SENDERS[name]?.(origin) ?? null)

test.each(names)('%s is never made twice silently', (name) => {
  expect(there.find(name)?.effect).toBe('at-most-once')
})

test.each(names)('%s that reached nobody may be tried again', async (name) => {
  const asked = await send(name, 'http://127.0.0.1:1')
  expect(asked).toMatchObject({ error: { code: 'UNREACHABLE', message: expect.stringMatching('ECONNREFUSED') } })
  expect(asked).not.toHaveProperty('error.isRetryable')
})

const dropped: Reply = (_request, response) => response.destroy()
const brokenOff: Reply = (_request, response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"ok":', () => response.destroy())
}
test.each(names)('%s whose answer is lost is not tried again', async (name) => {
  for (const reply of [dropped, brokenOff]) {
    there.answers(reply)
    expect(await send(name)).toMatchObject({
      error: { code: 'OUTCOME_UNKNOWN', isRetryable: false, data: { code: 'UNREACHABLE' } },
    })
  }
  expect(there.requests).toHaveLength(2)
})

test.each(names)('%s is not tried again where the server broke over it', async (name) => {
  for (const status of [500, 502, 504]) {
    there.answers((_request, response) => response.writeHead(status).end('broken'))
    expect(await send(name)).toMatchObject({
      error: { code: 'OUTCOME_UNKNOWN', isRetryable: false, data: { status, body: 'broken' } },
    })
  }
})

test.each(names)('%s waits as long as a busy server asks', async (name) => {
  for (const status of [429, 503]) {
    there.answers((_request, response) => response.writeHead(status, { 'retry-after': '7' }).end())
    const asked = await send(name)
    expect(asked).toMatchObject({ error: { code: 'RESOURCE_UNAVAILABLE', retryAfterMs: 7_000 } })
    expect(asked).not.toHaveProperty('error.isRetryable')
  }
})

test.each(names)('%s fails by what is refused, and follows no redirect', async (name) => {
  for (const status of [302, 400, 401, 404]) {
    there.answers((_request, response) => response.writeHead(status, { location: '/elsewhere' }).end('no'))
    expect(await send(name)).toMatchObject({
      error: { code: 'COMPONENT_FAILED', isRetryable: false, data: { status } },
    })
  }
  expect(there.requests).toHaveLength(4)
})

test.each(names)('%s does not repeat its secret, though the server quotes it', async (name) => {
  for (const status of [400, 500]) {
    there.answers((_request, response) =>
      response.writeHead(status).end(`${TOKEN}, ${encodeURIComponent(TOKEN)}, ${TOKEN.replace('/', '\\/')} are wrong`),
    )
    const asked = JSON.stringify(await send(name))
    expect(asked).toContain('***, ***, *** are wrong')
    expect(asked).not.toContain('token')
  }
})

test.each(names)('%s reaches no private address unless that is allowed', async (name) => {
  expect(await send(name, 'http://10.0.0.1')).toMatchObject({ error: { code: 'ADDRESS_REFUSED', isRetryable: false } })
})

test.each(names)('%s does not quote an address that is none', async (name) => {
  const asked = JSON.stringify(await send(name, 'secret.example/path'))
  expect(asked).toContain('its address is not a URL')
  expect(asked).not.toContain('secret.example')
})

test.each(names)('%s ends with its signal', async (name) => {
  const aborting = new AbortController()
  there.answers(() => aborting.abort(new Error('stopped')))
  const asked = await there.ask(name, SENDERS[name]?.(there.origin) ?? null, { signal: aborting.signal })
  expect(asked).toMatchObject({ kind: 'failed', error: { message: 'Error: stopped' } })
})
