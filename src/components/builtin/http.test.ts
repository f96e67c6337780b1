import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import { createHttpClient, type HttpClient } from '../../net/client.ts'
import { type Asked, ask } from '../component.suite.ts'
import type { Call, Component, ErrorInfo } from '../component.ts'
import { createHttpGet, createHttpPost, createHttpRequest } from './http.ts'

/** Answers `/echo` with what came, `/status/N` with that status, `/as?type&text` with that. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://x')
  const body = (await request.toArray()).join('')
  if (url.pathname === '/echo') {
    const { method, headers } = request
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ method, url: request.url, headers, body }))
  } else if (url.pathname.startsWith('/status/')) {
    const after = url.searchParams.get('after')
    response
      .writeHead(Number(url.pathname.slice(8)), { location: '/echo', ...(after !== null && { 'retry-after': after }) })
      .end('the reason')
  } else
    response
      .writeHead(200, { 'content-type': url.searchParams.get('type') ?? 'x/y' })
      .end(Buffer.from(url.searchParams.get('bytes') ?? '', 'latin1'))
}

const server = createServer((request, response) => void answer(request, response))
let http: HttpClient
let origin = ''
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  origin = `http://${host}`
  http = createHttpClient({ allow: [host] })
})
afterAll(async () => {
  await http.close()
  server.close()
})

const call = (
  create: (http: HttpClient) => Component,
  path: string,
  input: Record<string, Json> = {},
  more: Partial<Call> = {},
): Promise<Asked> => ask(create(http), { url: `${origin}${path}`, ...input }, more)
const bodyOf = (asked: Asked): unknown => (asked.kind === 'success' ? (asked.output as { body: unknown }).body : asked)
const errorOf = (asked: Asked): unknown => (asked.kind === 'failed' ? asked.error : asked)

describe('http', () => {
  test('get sends its query and headers, and the key of the step', async () => {
    const asked = await call(
      createHttpGet,
      '/echo?a=1',
      { query: { b: [2, 'ü'], c: true, d: null }, headers: { 'X-A': 5, 'x-b': ['p', 'q'] } },
      { key: 'r.0.größe 5%.3' },
    )
    expect(asked).toMatchObject({
      kind: 'success',
      output: { status: 200, headers: { 'content-type': 'application/json' } },
    })
    expect(bodyOf(asked)).toMatchObject({
      method: 'GET',
      url: '/echo?a=1&b=2&b=%C3%BC&c=true',
      headers: { 'x-a': '5', 'x-b': 'p, q', 'idempotency-key': 'r.0.gr%C3%B6%C3%9Fe%205%25.3' },
    })
  })

  test('a key given by the flow wins over that of the step', async () => {
    expect(bodyOf(await call(createHttpGet, '/echo', { headers: { 'Idempotency-Key': 'mine' } }))).toMatchObject({
      headers: { 'idempotency-key': 'mine' },
    })
  })

  test('post sends JSON, or text as it is', async () => {
    expect(bodyOf(await call(createHttpPost, '/echo', { json: { a: [1] } }))).toMatchObject({
      method: 'POST',
      body: '{"a":[1]}',
      headers: { 'content-type': 'application/json' },
    })
    const text = bodyOf(
      await call(createHttpPost, '/echo', {
        body: 'a=1',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    )
    expect(text).toMatchObject({
      method: 'POST',
      body: 'a=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  })

  test('request sends any method, and chooses one if none is given', async () => {
    expect(bodyOf(await call(createHttpRequest, '/echo', { method: 'delete' }))).toMatchObject({ method: 'DELETE' })
    expect(bodyOf(await call(createHttpRequest, '/echo'))).toMatchObject({ method: 'GET' })
    expect(bodyOf(await call(createHttpRequest, '/echo', { json: 0 }))).toMatchObject({ method: 'POST', body: '0' })
  })

  test.each([
    ['application/json', '{"a":1}', 'auto', { a: 1 }],
    ['application/problem+json; charset=utf-8', '[1]', 'auto', [1]],
    ['application/json', '', 'auto', null],
    ['text/plain', '{"a":1}', 'auto', '{"a":1}'],
    ['text/plain', '{"a":1}', 'json', { a: 1 }],
    ['application/json', '1', 'text', '1'],
    ['text/html; charset=ISO-8859-1', 'gr\xfc\xdfe', 'auto', 'grüße'],
    ['text/plain; charset=nonsense', 'a', 'auto', 'a'],
    ['image/png', '\x89PNG', 'base64', 'iVBORw=='],
    ['text/x; like=application/json', '1', 'auto', '1'],
  ])('a body of the type %s, %j, read as %s, is %j', async (type, bytes, format, body) => {
    expect(bodyOf(await call(createHttpGet, '/as', { query: { type, bytes }, response_type: format }))).toEqual(body)
  })

  test('a body that should be JSON and is not fails the step', async () => {
    expect(errorOf(await call(createHttpGet, '/as', { query: { type: 'application/json', bytes: '<html>' } }))).toEqual(
      {
        code: 'COMPONENT_FAILED',
        message: `Cannot use the answer of "${new URL(origin).host}": its body is not JSON: <html>`,
        data: { status: 200, body: '<html>' },
        isRetryable: false,
      },
    )
  })

  test.each([
    [400, 'COMPONENT_FAILED', false],
    [401, 'COMPONENT_FAILED', false],
    [404, 'COMPONENT_FAILED', false],
    [408, 'RESOURCE_UNAVAILABLE', undefined],
    [425, 'RESOURCE_UNAVAILABLE', undefined],
    [429, 'RESOURCE_UNAVAILABLE', undefined],
    [500, 'RESOURCE_UNAVAILABLE', undefined],
    [503, 'RESOURCE_UNAVAILABLE', undefined],
  ])('status %i fails the step with %s', async (status, code, isRetryable) => {
    const error = errorOf(await call(createHttpGet, `/status/${status}`))
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(`its status is ${status}$`),
      data: { status, body: 'the reason' },
    })
    expect((error as { isRetryable?: boolean }).isRetryable).toBe(isRetryable)
  })

  test.each([
    ['2', 2_000],
    ['0', 0],
    ['Fri, 27 Nov 2026 10:00:05 GMT', 5_000],
    ['Fri, 27 Nov 2026 09:59:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    [null, undefined],
  ])('a busy server that asks to be left alone for %j is not tried again before', async (after, waitMs) => {
    const nowMs = Date.UTC(2026, 10, 27, 10)
    for (const status of [429, 503]) {
      const error = errorOf(await call(createHttpGet, `/status/${status}`, { query: { after } }, { nowMs }))
      expect((error as ErrorInfo).retryAfterMs).toBe(waitMs)
    }
    const error = errorOf(await call(createHttpGet, '/status/400', { query: { after } }, { nowMs }))
    expect(error).not.toHaveProperty('retryAfterMs')
  })

  test('a status that is named as no failure is none, nor is any where the flow says so', async () => {
    expect(await call(createHttpGet, '/status/404', { ok_statuses: [404] })).toMatchObject({
      output: { status: 404, body: 'the reason' },
    })
    expect(await call(createHttpGet, '/status/500', { fail_on_error: false })).toMatchObject({
      output: { status: 500 },
    })
  })

  test('redirects are followed, or are the answer', async () => {
    expect(bodyOf(await call(createHttpGet, '/status/302'))).toMatchObject({ url: '/echo' })
    expect(await call(createHttpGet, '/status/302', { redirects: 0, ok_statuses: [302] })).toMatchObject({
      output: { status: 302, headers: { location: '/echo' } },
    })
  })

  test.each([
    [{ url: 'file:///etc/passwd' }, 'INVALID_INPUT', false],
    [{ headers: { host: 'a' } }, 'INVALID_INPUT', false],
    [{ headers: { a: {} } }, 'INVALID_INPUT', false],
    [{ query: { a: [[1]] } }, 'INVALID_INPUT', false],
    [{ timeout_ms: 0 }, 'INVALID_INPUT', false],
    [{ json: 1, body: 'x' }, 'INVALID_INPUT', false],
    [{ url: 'http://10.0.0.1/' }, 'ADDRESS_REFUSED', false],
    [{ url: 'http://localhost:1/' }, 'ADDRESS_REFUSED', false],
  ])('%j fails with %s', async (input, code, isRetryable) => {
    expect(errorOf(await call(createHttpRequest, '/echo', input))).toMatchObject({ code, isRetryable })
  })

  test('what did not get through may be tried again', async () => {
    server.closeAllConnections()
    const gone = createHttpGet(createHttpClient({ allow: ['127.0.0.1:1'] }))
    expect(errorOf(await ask(gone, { url: 'http://127.0.0.1:1/' }))).toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching('ECONNREFUSED'),
    })
  })
})
