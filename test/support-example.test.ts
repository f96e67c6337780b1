// The support desk of the examples against servers that speak like Gemini and Slack, from the command line and from the library.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEngine } from '../src/index.ts'
import { folderWith, millrace } from '../src/surfaces/cli/cli.world.ts'
import { recordedCase } from './recorded-case.ts'

const file = join(import.meta.dirname, '../examples/support/flow.yaml')
const secrets = { GEMINI_KEY: 'gemini-key-c4n4ry', SLACK_TOKEN: 'xoxb-slack-c4n4ry' }
const asked: { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = []
let isBusy = true

const server = createServer((request, response) => {
  void text(request).then((body) => {
    asked.push({ url: request.url ?? '', headers: request.headers, body })
    response.setHeader('content-type', 'application/json')
    if (request.url?.startsWith('/api/') === true)
      return response.end(JSON.stringify({ ok: true, channel: 'C1', ts: '1503435956.000247', message: {} }))
    if (isBusy) {
      isBusy = false
      return response
        .writeHead(429, { 'retry-after': '0' })
        .end('{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}')
    }
    return response.end(JSON.stringify(gemini(said(body))))
  })
})

/** A model of few words. */
function said(body: string): string {
  if (body.includes('Where is my parcel')) return 'It is on its way.'
  if (body.includes('Can I pay later')) return 'Yes, until Monday.'
  return body.includes('burns') ? 'Urgent\n' : 'normal'
}

function gemini(content: string): object {
  return {
    candidates: [{ content: { parts: [{ text: content }], role: 'model' }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
    modelVersion: 'gemini-answering',
  }
}

let origin = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  origin = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
afterAll(() => void server.close())

const servers = (): object => ({ gemini: `http://${origin}/v1beta`, slack: `http://${origin}/api` })

test('an urgent message is told to Slack, after a model that was busy at first', async () => {
  const input = JSON.stringify({ message: 'The house burns', ...servers() })
  const args = [
    'run',
    file,
    '--input-json',
    input,
    '--allow-net',
    origin,
    '--secret',
    'GEMINI_KEY',
    '--secret',
    'SLACK_TOKEN',
  ]
  const folder = folderWith({})
  const { status, stdout, stderr } = await millrace(folder, args, { env: secrets })
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({
    status: 0,
    outcome: 'success',
    result: 'Somebody was told at 1503435956.000247.',
  })
  expect(stderr).toMatch(/✓ classify \(.*tried again/)
  expect(stderr).toContain('○ answers skipped: steps.classify.result.content | trim | lower is "urgent"')
  const post = asked.find(({ url }) => url === '/api/chat.postMessage')
  expect(post?.headers.authorization).toBe(`Bearer ${secrets.SLACK_TOKEN}`)
  expect(JSON.parse(post?.body ?? '')).toMatchObject({ channel: '#support', text: 'URGENT: The house burns' })
  expect(stdout + stderr).not.toContain('c4n4ry')
  expect(await recordedCase(folder)).toMatch(/1 passed, 0 failed\n$/)
})

test('a normal message has its questions answered one by one', async () => {
  const engine = await openEngine({ allowNet: [origin] })
  const flow = engine.compile(readFileSync(file, 'utf8'), { file })
  const run = await engine.start(flow, { input: { message: 'Good morning', ...servers() }, secrets })
  expect(await run.result()).toEqual({ outcome: 'success', result: '1. It is on its way.\n2. Yes, until Monday.\n' })
  const report = await run.report()
  expect(report.steps.find(({ id }) => id === 'answers')).toMatchObject({
    status: 'success',
    output: [{ usage: { total_tokens: 18 } }, { usage: { total_tokens: 18 } }],
  })
  expect(JSON.stringify(report)).not.toContain('c4n4ry')
  await engine.close()
})
