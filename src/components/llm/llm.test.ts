// Components that ask models, against servers that speak the protocols of the vendors.
import { expect, test } from 'vitest'
import { type Json, type JsonRecord, isRecord } from '../../lib/json.ts'
import { createHttpClient } from '../../net/client.ts'
import { json, type Request, service } from '../builtin/service.world.ts'
import { world } from '../builtin/builtins.world.ts'
import { type Asked, ask } from '../component.suite.ts'
import type { Call } from '../component.ts'
import { askModel } from './ask-model.ts'

const vendor = service({ askModel, env: { OPENAI_API_KEY: 'key-of-the-machine' } })

const KEY = 'sk-secret-key'
type Name = 'openai' | 'anthropic' | 'gemini' | 'grok'

/** What each vendor answers with `content`, as it documents it. */
const ANSWERS: Readonly<Record<Name, (content: string) => Json>> = {
  openai: (content) => chatCompletion('gpt-answering', content),
  grok: (content) => chatCompletion('grok-answering', content),
  anthropic: (content) => ({
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    model: 'claude-answering',
    content: [{ type: 'text', text: content }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 7 },
  }),
  gemini: (content) => ({
    candidates: [{ content: { parts: [{ text: content }], role: 'model' }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
    modelVersion: 'gemini-answering',
    responseId: 'r',
  }),
}

function chatCompletion(model: string, content: string): Json {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_741_569_952,
    model,
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  }
}

/** What each vendor answers where something is wrong. */
const REFUSALS: Readonly<Record<Name, (message: string) => Json>> = {
  openai: (message) => ({ error: { message, type: 'invalid_request_error', param: null, code: null } }),
  grok: (message) => ({ code: 'Client specified an invalid argument', error: message }),
  anthropic: (message) => ({ type: 'error', error: { type: 'invalid_request_error', message } }),
  gemini: (message) => ({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }),
}

const MODELS = { openai: 'gpt', anthropic: 'claude', grok: 'grok' }
const names: readonly Name[] = ['openai', 'anthropic', 'gemini', 'grok']
const question = (input: JsonRecord): JsonRecord => ({
  base_url: `${vendor.origin}/v1`,
  api_key: KEY,
  prompt: 'hi',
  ...input,
})
const put = (name: Name, input: JsonRecord = {}, call: Partial<Call> = {}): Promise<Asked> =>
  vendor.ask(`llm/${name}`, question(input), call)
const sent = (request: Request | undefined): JsonRecord => {
  const body: Json = JSON.parse(request?.body ?? 'null')
  return isRecord(body) ? body : {}
}

test.each(names)('%s answers with its text, its model and what it took', async (name) => {
  vendor.answers(json(200, ANSWERS[name]('Hello!')))
  expect(await put(name)).toEqual({
    kind: 'success',
    output: {
      content: 'Hello!',
      model: name === 'gemini' ? 'gemini-flash-latest' : `${MODELS[name]}-answering`,
      finish_reason: 'stop',
      usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 },
    },
  })
  expect(vendor.requests).toHaveLength(1)
})

test.each([
  ['openai', '/v1/chat/completions', { authorization: `Bearer ${KEY}`, 'idempotency-key': 'r.0.s' }],
  ['grok', '/v1/chat/completions', { authorization: `Bearer ${KEY}`, 'idempotency-key': 'r.0.s' }],
  ['anthropic', '/v1/messages', { 'x-api-key': KEY, 'anthropic-version': '2023-06-01', 'idempotency-key': 'r.0.s' }],
  ['gemini', '/v1/models/m:generateContent', { 'x-goog-api-key': KEY }],
] as const)('%s is asked at %s with the key', async (name, url, headers) => {
  vendor.answers(json(200, ANSWERS[name]('x')))
  await put(name, { model: 'm' }, { key: 'r.0.s' })
  expect(vendor.requests[0]).toMatchObject({ method: 'POST', url, headers })
})

test('what the model is told, and how, is sent in the words of the vendor', async () => {
  const input = { system: 'Be brief.', version: 'm', temperature: 0.5, max_tokens: 20 }
  for (const name of names) {
    vendor.answers(json(200, ANSWERS[name]('x')))
    await put(name, input)
  }
  const [openai, anthropic, gemini, grok] = vendor.requests.map(sent)
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'hi' },
  ]
  for (const body of [openai, grok])
    expect(body).toMatchObject({ model: 'm', messages, temperature: 0.5, max_tokens: 20 })
  expect(anthropic).toMatchObject({
    model: 'm',
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    temperature: 0.5,
    max_tokens: 20,
  })
  expect(gemini).toMatchObject({
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    generationConfig: { temperature: 0.5, maxOutputTokens: 20 },
  })
})

test('a chat is sent as it is, with what the system is told at its beginning', async () => {
  vendor.answers(json(200, ANSWERS.openai('x')))
  const messages = [
    { role: 'system', content: 'b' },
    { role: 'user', content: 'c' },
    { role: 'assistant', content: 'd' },
    { role: 'user', content: 'e' },
  ]
  await put('openai', { prompt: null, model: 'm', system: 'a', messages })
  expect(sent(vendor.requests[0])['messages']).toEqual([{ role: 'system', content: 'a\n\nb' }, ...messages.slice(1)])
})

test.each(names)('%s gives data that fits a schema', async (name) => {
  vendor.answers(json(200, ANSWERS[name]('{"n":1}')))
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer' }, u: { type: 'string', default: 'm' } },
    required: ['n'],
  }
  const model = name === 'anthropic' ? 'claude-sonnet-4-5' : 'm'
  expect(await put(name, { schema, model })).toMatchObject({ output: { content: '{"n":1}', object: { n: 1, u: 'm' } } })
  expect(vendor.requests[0]?.body).toContain('"integer"')
  // Vendors refuse most schemas where they are told to be strict.
  expect(vendor.requests[0]?.body).not.toContain('"strict":true')
})

test('data that does not fit its schema is a failure that another attempt may mend', async () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
  for (const [content, reason] of [
    ['{"n":"x"}', 'n must be a whole number, not text'],
    ['no JSON', 'JSON'],
  ] as const) {
    vendor.answers(json(200, ANSWERS.openai(content)))
    const asked = await put('openai', { schema })
    expect(asked).toMatchObject({
      error: { code: 'COMPONENT_FAILED', message: expect.stringContaining(reason), data: { content } },
    })
    expect(asked).not.toHaveProperty('error.isRetryable')
  }
})

test.each(names)('%s that is busy is left alone for as long as it asks, and not asked twice here', async (name) => {
  for (const status of [429, 500, 503, 529]) {
    vendor.answers(json(status, REFUSALS[name]('busy'), { 'retry-after': '20' }))
    expect(await put(name)).toMatchObject({
      error: { code: 'RESOURCE_UNAVAILABLE', retryAfterMs: 20_000, data: { status } },
    })
  }
  expect(vendor.requests).toHaveLength(4)
})

test('the wait that Google tells in the body counts too', async () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '36.5s' }]
  vendor.answers(json(429, { error: { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED', details } }))
  expect(await put('gemini')).toMatchObject({ error: { code: 'RESOURCE_UNAVAILABLE', retryAfterMs: 36_500 } })
})

test.each(names)('%s that refuses fails the step, and the key is in no error', async (name) => {
  for (const status of [302, 400, 401, 404]) {
    vendor.answers(
      json(status, REFUSALS[name](`Incorrect API key provided: ${KEY}`), { location: `${vendor.origin}/x` }),
    )
    const asked = await put(name)
    expect(asked).toMatchObject({ error: { code: 'COMPONENT_FAILED', isRetryable: false, data: { status } } })
    expect(JSON.stringify(asked)).toContain('Incorrect API key provided: ***')
    expect(JSON.stringify(asked)).not.toContain(KEY)
  }
  expect(vendor.requests).toHaveLength(4)
})

test.each(names)('an answer of %s that is none fails the step', async (name) => {
  vendor.answers((_request, response) => response.end('<html>'))
  expect(await put(name)).toMatchObject({ error: { code: 'COMPONENT_FAILED', isRetryable: false } })
})

test('what a model cannot do is not asked of it, and said', async () => {
  vendor.answers(json(200, ANSWERS.openai('x')))
  const asked = await put('openai', { model: 'gpt-5', temperature: 0.5 })
  expect(asked).toMatchObject({ output: { warnings: [expect.stringContaining('temperature')] } })
  expect(sent(vendor.requests[0])).not.toHaveProperty('temperature')
})

test.each(names)('%s is reached by the guarded client only', async (name) => {
  expect(await put(name, { base_url: 'http://10.0.0.1/v1' })).toMatchObject({
    error: { code: 'ADDRESS_REFUSED', isRetryable: false },
  })
  const gone = await put(name, { base_url: 'http://127.0.0.1:1' })
  expect(gone).toMatchObject({ error: { code: 'UNREACHABLE' } })
  expect(gone).not.toHaveProperty('error.isRetryable')
  vendor.answers(() => {})
  expect(await put(name, { timeout_ms: 50 })).toMatchObject({ error: { code: 'TIMEOUT' } })
})

test.each(names)('a question to %s ends with its signal', async (name) => {
  const aborting = new AbortController()
  vendor.answers(() => aborting.abort(new Error('stopped')))
  expect(await put(name, {}, { signal: aborting.signal })).toMatchObject({
    kind: 'failed',
    error: { message: 'Error: stopped' },
  })
})

test('the key of the machine goes to its vendor, and to no address that a flow names', async () => {
  const resolved: string[] = []
  const http = createHttpClient({
    allow: [],
    resolve: (host) => {
      resolved.push(host)
      return Promise.resolve([])
    },
  })
  const openai = (env: Record<string, string>, input: JsonRecord): Promise<Asked> =>
    ask(world({ http, askModel, env }).find('llm/openai'), { prompt: 'hi', ...input })
  const env = { OPENAI_API_KEY: 'key-of-the-machine' }
  expect(await openai(env, {})).toMatchObject({ error: { code: 'UNREACHABLE' } })
  expect(await openai(env, { base_url: 'https://elsewhere.example' })).toMatchObject({
    error: { code: 'INVALID_INPUT', message: expect.stringContaining('Cannot find "api_key" in the input') },
  })
  expect(await openai({}, {})).toMatchObject({ error: { code: 'INVALID_INPUT' } })
  expect(resolved).toEqual(['api.openai.com'])
})

test.each([
  [{ prompt: null }, 'Cannot find "prompt" in the input'],
  [{ messages: [{ role: 'user', content: 'x' }] }, 'Cannot use both "prompt" and "messages"'],
  [{ prompt: null, messages: [] }, 'as "messages" of the input'],
  [{ prompt: null, messages: [{ role: 'tool', content: 'x' }] }, 'with the roles system, user, assistant'],
  [{ prompt: null, messages: [{ role: 'system', content: 'x' }] }, 'no message is of a user'],
  [{ model: 'a', version: 'b' }, 'Cannot use both "model" and "version"'],
  [{ temperature: 3 }, 'Cannot use 3 as "temperature" of the input: expected a number from 0 to 2'],
  [{ base_url: 'nowhere' }, 'Cannot use "base_url" of the input: it is not a URL'],
])('%j is refused', async (input, message) => {
  expect(await put('openai', input)).toMatchObject({
    error: { code: 'INVALID_INPUT', message: expect.stringContaining(message) },
  })
  expect(vendor.requests).toEqual([])
})

test('the older component answers only what was said', async () => {
  vendor.answers(json(200, ANSWERS.openai('Hello!')))
  const messages = [
    { role: 'system', content: 'a' },
    { role: 'user', content: 'b' },
  ]
  const input = { base_url: vendor.origin, api_key: KEY, messages, max_tokens: 5, other: 1 }
  expect(await vendor.ask('openai', input)).toEqual({ kind: 'success', output: { response: 'Hello!' } })
  expect(sent(vendor.requests[0])).toEqual({ model: 'gpt-3.5-turbo', max_tokens: 5, messages })
})
