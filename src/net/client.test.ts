import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server, Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createHttpClient, type HttpClient, type HttpOutcome, type HttpRequest, responseBytesMax } from './client.ts'

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serve = (listener: (...args: Parameters<RequestListener>) => unknown): Promise<string> =>
  listening(createServer((request, response) => void listener(request, response)))

const toLoopback = (): Promise<string[]> => Promise.resolve(['127.0.0.1'])

function client(options: Parameters<typeof createHttpClient>[0]): HttpClient {
  const created = createHttpClient(options)
  onTestFinished(() => created.close())
  return created
}

const call = (http: HttpClient, request: Partial<HttpRequest> & { url: string }): Promise<HttpOutcome> =>
  http.request({ method: 'GET', timeoutMs: 10_000, ...request })

const textOf = (outcome: HttpOutcome): string =>
  outcome.kind === 'response' ? Buffer.from(outcome.response.body).toString() : outcome.message
const codeOf = (outcome: HttpOutcome): string =>
  outcome.kind === 'failed' ? outcome.code : String(outcome.response.status)

/** Answers with what arrived. */
const echo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = (await request.toArray()).join('')
  response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }))
}

test('an allowed address is called, and its answer comes back with its status, headers and body', async () => {
  const host = await serve((_request, response) => {
    response.writeHead(201, { 'x-one': '1', 'set-cookie': ['a=1', 'b=2'] }).end('done')
  })
  const outcome = await call(client({ allow: [host] }), { url: `http://${host}/x?y=1` })
  expect(outcome).toMatchObject({
    kind: 'response',
    response: { status: 201, headers: { 'x-one': '1', 'set-cookie': ['a=1', 'b=2'] }, url: `http://${host}/x?y=1` },
  })
  expect(textOf(outcome)).toBe('done')
})

test('method, query, headers and body are sent as given', async () => {
  const host = await serve(echo)
  const outcome = await call(client({ allow: [host] }), {
    method: 'put',
    url: `http://${host}/p?a=1`,
    query: [
      ['b', '2 3'],
      ['a', 'é'],
    ],
    headers: { 'X-Two': 'two' },
    body: 'text',
  })
  expect(JSON.parse(textOf(outcome))).toMatchObject({
    method: 'PUT',
    url: '/p?a=1&b=2+3&a=%C3%A9',
    headers: { 'x-two': 'two', 'accept-encoding': 'gzip, br, zstd' },
    body: 'text',
  })
})

test('an address that is not public is refused with what would let it through', async () => {
  const outcome = await call(client({ allow: [] }), { url: 'http://localhost:8080/secret?token=t' })
  expect(outcome).toMatchObject({ kind: 'failed', code: 'ADDRESS_REFUSED' })
  expect(textOf(outcome)).toMatch(
    /^Cannot call "localhost:8080": (127.0.0.1|::1) is a loopback address; --allow-net localhost:8080 would let it through$/,
  )
})

test('an allowed port opens no other port of its host', async () => {
  const host = await serve(echo)
  const outcome = await call(client({ allow: [host] }), { url: 'http://127.0.0.1:1/' })
  expect(codeOf(outcome)).toBe('ADDRESS_REFUSED')
})

test('a name may be allowed, or the address that it leads to', async () => {
  const host = await serve(echo)
  const port = host.split(':')[1]
  for (const allow of [`inner.example:${port}`, host])
    expect(
      codeOf(await call(client({ allow: [allow], resolve: toLoopback }), { url: `http://inner.example:${port}/` })),
    ).toBe('200')
})

test('a name that changes its address between two connections is looked at again', async () => {
  const host = await serve((_request, response) => response.writeHead(200, { connection: 'close' }).end())
  const answers = [['93.184.216.34'], ['127.0.0.1']]
  const dialled: string[] = []
  const http = client({
    allow: [],
    resolve: () => Promise.resolve(answers.shift() ?? []),
    connect: ({ addresses }) => {
      dialled.push(...addresses)
      return connect(Number(host.split(':')[1]), '127.0.0.1')
    },
  })
  expect(codeOf(await call(http, { url: 'http://rebinding.example/' }))).toBe('200')
  expect(codeOf(await call(http, { url: 'http://rebinding.example/' }))).toBe('ADDRESS_REFUSED')
  expect(dialled).toEqual(['93.184.216.34'])
})

test('of several addresses of a name only the public ones are dialled', async () => {
  const host = await serve(echo)
  const dialled: string[] = []
  const http = client({
    allow: [],
    resolve: () => Promise.resolve(['10.0.0.1', '93.184.216.34', '::1', '2606:4700::1111']),
    connect: ({ addresses }) => {
      dialled.push(...addresses)
      return connect(Number(host.split(':')[1]), '127.0.0.1')
    },
  })
  expect(codeOf(await call(http, { url: 'http://mixed.example/' }))).toBe('200')
  expect(dialled).toEqual(['93.184.216.34', '2606:4700::1111'])
})

test('connections are used again', async () => {
  const host = await serve(echo)
  let connections = 0
  const http = client({
    allow: [host],
    connect: ({ port }) => {
      connections++
      return connect(port, '127.0.0.1')
    },
  })
  for (let count = 0; count < 5; count++) expect(codeOf(await call(http, { url: `http://${host}/` }))).toBe('200')
  // A second one may be opened while the first has not yet been given back.
  expect(connections).toBeLessThanOrEqual(2)
})

test.each([
  [301, 'POST', 'GET', ''],
  [302, 'POST', 'GET', ''],
  [303, 'POST', 'GET', ''],
  [303, 'PUT', 'GET', ''],
  [303, 'HEAD', 'HEAD', ''],
  [301, 'PUT', 'PUT', 'b'],
  [302, 'DELETE', 'DELETE', 'b'],
  [307, 'POST', 'POST', 'b'],
  [308, 'PATCH', 'PATCH', 'b'],
])('a redirect with status %i turns %s into %s', async (status, method, expected, body) => {
  const seen: string[] = []
  const host = await serve(async (request, response) => {
    const sent = (await request.toArray()).join('')
    if (request.url === '/from') return response.writeHead(status, { location: 'to' }).end()
    seen.push(`${request.method} ${sent} ${request.headers['content-type'] ?? '-'}`)
    return response.end()
  })
  const given = method === 'HEAD' ? {} : { body: 'b', headers: { 'content-type': 'text/x' } }
  await call(client({ allow: [host] }), { method, url: `http://${host}/from`, ...given })
  expect(seen).toEqual([`${expected} ${body} ${body === '' ? '-' : 'text/x'}`])
})

test('credentials do not follow a redirect to another origin, nor come back', async () => {
  const seen: string[] = []
  const note = (request: IncomingMessage): void => {
    const { authorization = '-', cookie = '-', 'x-kept': kept = '-' } = request.headers
    seen.push(
      `${request.url} ${authorization} ${cookie} ${request.headers['proxy-authorization'] ?? '-'} ${kept.toString()}`,
    )
  }
  let first = ''
  const second = await serve((request, response) => {
    note(request)
    response.writeHead(307, { location: `http://${first}/back` }).end()
  })
  first = await serve((request, response) => {
    note(request)
    const location = { '/start': '/same', '/same': `http://${second}/other` }[request.url ?? '']
    if (location === undefined) response.end()
    else response.writeHead(307, { location }).end()
  })
  await call(client({ allow: [first, second] }), {
    url: `http://${first}/start`,
    headers: { Authorization: 'A', cookie: 'C', 'Proxy-Authorization': 'P', 'x-kept': 'K' },
  })
  expect(seen).toEqual(['/start A C P K', '/same A C P K', '/other - - - K', '/back - - - K'])
})

test('five redirects are followed, a sixth is not, and with none allowed a redirect is the answer', async () => {
  const host = await serve((request, response) => {
    const left = Number(request.url?.slice(1))
    if (left === 0) response.end('end')
    else response.writeHead(302, { location: `/${left - 1}` }).end('moved')
  })
  const http = client({ allow: [host] })
  expect(textOf(await call(http, { url: `http://${host}/5` }))).toBe('end')
  expect(await call(http, { url: `http://${host}/6` })).toEqual({
    kind: 'failed',
    code: 'TOO_MANY_REDIRECTS',
    message: `Cannot follow "${host}" further: 5 redirects at most`,
    isSent: true,
  })
  expect(codeOf(await call(http, { url: `http://${host}/1`, redirectsMax: 0 }))).toBe('302')
})

test.each([
  'file:///etc/passwd',
  'ftp://a/',
  'data:text/plain,x',
  'gopher://127.0.0.1:70/_x',
  'javascript:1',
  'ws://a/',
  'http://u:p@example.com/',
  'http://u@example.com/',
  'http://',
])('%s is not called, nor followed', async (url) => {
  const host = await serve((_request, response) => response.writeHead(302, { location: url }).end())
  const http = client({ allow: [host] })
  expect(codeOf(await call(http, { url }))).toBe('INVALID_URL')
  expect(codeOf(await call(http, { url: `http://${host}/` }))).toBe('INVALID_URL')
})

test('what may be a secret in a URL is not repeated', async () => {
  const outcome = await call(client({ allow: [] }), { url: 'http://user:hunter2@ho st/path?token=hunter2' })
  expect(textOf(outcome)).toBe('Cannot call "http://…@ho st/path?…": it is not a URL')
})

test.each(['nonsense', '', '/path', '//host/path'])('%s is no URL to call', async (url) => {
  expect(codeOf(await call(client({ allow: [] }), { url }))).toBe('INVALID_URL')
})

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['gzip, br', (text: string) => brotliCompressSync(gzipSync(text))],
  ['identity', (text: string) => Buffer.from(text)],
])('a body with the coding %s is decompressed, and bounded after that', async (coding, encode) => {
  const host = await serve((request, response) => {
    response.writeHead(200, { 'content-encoding': coding })
    response.end(encode(request.url === '/small' ? 'small' : 'a'.repeat(responseBytesMax + 1)))
  })
  const http = client({ allow: [host] })
  expect(textOf(await call(http, { url: `http://${host}/small` }))).toBe('small')
  expect(await call(http, { url: `http://${host}/large` })).toMatchObject({
    code: 'RESPONSE_TOO_LARGE',
    message: `Cannot read the answer of "${host}": it is longer than responseBytesMax, which is 10000000`,
  })
})

test('a body that never ends is cut off at the bound', async () => {
  const host = await serve((_request, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  })
  expect(codeOf(await call(client({ allow: [host] }), { url: `http://${host}/`, responseBytesMax: 100_000 }))).toBe(
    'RESPONSE_TOO_LARGE',
  )
})

test.each(['compress', 'gzip, gzip, gzip'])('a body with the coding %s cannot be read', async (coding) => {
  const host = await serve((_request, response) => response.writeHead(200, { 'content-encoding': coding }).end('x'))
  expect(await call(client({ allow: [host] }), { url: `http://${host}/` })).toEqual({
    kind: 'failed',
    code: 'UNREACHABLE',
    message: `Cannot read the answer of "${host}": its content encoding is "${coding}"`,
    isSent: true,
  })
})

test('a compressed body that is cut short is an error, an empty one is not', async () => {
  const host = await serve((request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(request.url === '/empty' ? '' : gzipSync('something').subarray(0, 15))
  })
  const http = client({ allow: [host] })
  expect(codeOf(await call(http, { url: `http://${host}/cut` }))).toBe('UNREACHABLE')
  expect(textOf(await call(http, { url: `http://${host}/empty` }))).toBe('')
  expect(textOf(await call(http, { method: 'HEAD', url: `http://${host}/cut` }))).toBe('')
})

test.each([
  [
    'a header that the connection sets',
    { headers: { Host: 'other.example' } },
    /^Cannot send the header "host": the connection sets it$/,
  ],
  ['a header name that is none', { headers: { 'a b': 'x' } }, /^Cannot send the request to "127/],
  ['a header value with a line break', { headers: { a: 'x\r\ny: z' } }, /^Cannot send the request to "127/],
  ['a method that is none', { method: 'G ET' }, /^Cannot send the request to "127/],
  ['the method CONNECT', { method: 'connect' }, /^Cannot send a request with the method "CONNECT"$/],
])('%s is refused', async (_what, request, message) => {
  const host = await serve(echo)
  const outcome = await call(client({ allow: [host] }), { url: `http://${host}/`, ...request })
  expect(codeOf(outcome)).toBe('INVALID_REQUEST')
  expect(textOf(outcome)).toMatch(message)
})

test('an answer that does not come in time is a timeout, whether head, body or connection is late', async () => {
  const silent = await listening(createTcpServer(() => {}))
  const slow = await serve((_request, response) => void response.writeHead(200).write('a'))
  const http = client({ allow: [silent, slow], connect: ({ port }) => connect(port, '127.0.0.1') })
  for (const host of [silent, slow])
    expect(await call(http, { url: `http://${host}/`, timeoutMs: 30 })).toEqual({
      kind: 'failed',
      code: 'TIMEOUT',
      message: `Cannot get an answer of "${host}" within 30 ms`,
      isSent: true,
    })
  const stuck = client({ allow: [], connect: () => new Socket() })
  expect(codeOf(await call(stuck, { url: 'http://93.184.216.34/', timeoutMs: 30 }))).toBe('TIMEOUT')
})

test('a caller that aborts gets its own reason', async () => {
  const aborting = new AbortController()
  const host = await serve(() => aborting.abort(new Error('no longer wanted')))
  const http = client({ allow: [host] })
  await expect(call(http, { url: `http://${host}/`, signal: aborting.signal })).rejects.toThrow('no longer wanted')
  await expect(call(http, { url: `http://${host}/`, signal: aborting.signal })).rejects.toThrow('no longer wanted')
})

test('a host that refuses, has no name or speaks no HTTP is unreachable', async () => {
  const garbled = await listening(createTcpServer((socket) => void socket.end('hello\r\n\r\n')))
  const closing = await listening(createTcpServer((socket) => void socket.destroy()))
  const http = client({
    allow: ['127.0.0.1:1', garbled, closing, 'nameless.example:80'],
    resolve: () => Promise.resolve([]),
  })
  expect(textOf(await call(http, { url: 'http://127.0.0.1:1/' }))).toMatch(
    /^Cannot reach "127.0.0.1:1": .*ECONNREFUSED/,
  )
  expect(textOf(await call(http, { url: 'http://nameless.example/' }))).toBe(
    'Cannot reach "nameless.example:80": the name has no address',
  )
  for (const url of [`http://${garbled}/`, `http://${closing}/`, `https://${garbled}/`, `https://${closing}/`])
    expect(codeOf(await call(http, { url }))).toBe('UNREACHABLE')
})

test('answers with the names of built-in properties as headers are plain data', async () => {
  const host = await listening(
    createTcpServer((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\n__proto__: a\r\n__proto__: b\r\nconstructor: c\r\nconstructor: d\r\n\r\nx'),
      )
    }),
  )
  const outcome = await call(client({ allow: [host] }), { url: `http://${host}/` })
  expect(outcome.kind === 'response' && Object.entries(outcome.response.headers)).toEqual([
    ['__proto__', ['a', 'b']],
    ['constructor', ['c', 'd']],
  ])
})

test('no proxy is taken from the environment', async () => {
  const host = await serve(echo)
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'all_proxy', 'ALL_PROXY']
  for (const name of names) process.env[name] = 'http://127.0.0.1:1'
  onTestFinished(() => names.forEach((name) => delete process.env[name]))
  expect(codeOf(await call(client({ allow: [host] }), { url: `http://${host}/` }))).toBe('200')
})

test('closing ends what is in flight, and a closed client calls nothing', async () => {
  const http = createHttpClient({ allow: [] })
  await http.close()
  const host = await serve(() => void open.close())
  const open = createHttpClient({ allow: [host] })
  expect(codeOf(await call(open, { url: `http://${host}/` }))).toBe('UNREACHABLE')
  expect(codeOf(await call(open, { url: `http://${host}/` }))).toBe('UNREACHABLE')
})

test('neither undici nor the address tables are loaded before the first request', () => {
  const look = `await import('${new URL('client.ts', import.meta.url).href}')
    console.log(String(Object.keys(process.getBuiltinModule('module')._cache).filter((file) => /undici|ipaddr/.test(file)).length))`
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', look]).toString()).toBe('0\n')
})

test('a failure says whether the other side may have got any of the request', async () => {
  const broken = await serve((request) => request.socket.destroy())
  const entrance = await serve((_request, response) =>
    response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
  )
  const http = client({ allow: [broken, entrance, '127.0.0.1:1'], resolve: () => Promise.resolve([]) })
  const isSentTo = async (url: string, more: Partial<HttpRequest> = {}): Promise<unknown> => {
    const outcome = await call(http, { url, method: 'POST', body: 'x', ...more })
    return outcome.kind === 'failed' && `${outcome.code} ${outcome.isSent}`
  }
  expect(await isSentTo('http://127.0.0.1:1/')).toBe('UNREACHABLE false')
  expect(await isSentTo('http://nowhere.example/')).toBe('UNREACHABLE false')
  expect(await isSentTo('http://10.0.0.1/')).toBe('ADDRESS_REFUSED false')
  expect(await isSentTo('mailto:a')).toBe('INVALID_URL false')
  expect(await isSentTo(`http://${broken}/`, { headers: { a: '\n' } })).toBe('INVALID_REQUEST false')
  expect(await isSentTo(`http://${broken}/`)).toBe('UNREACHABLE true')
  expect(await isSentTo(`http://${entrance}/`)).toBe('UNREACHABLE true')
})
