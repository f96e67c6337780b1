// The spellings in which a flow could ask for an address that is none of its business: direct, by redirect and by name.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusalOf } from './address.ts'
import { createHttpClient, type HttpClient, type HttpOutcome } from './client.ts'

const dialled: string[] = []
const names = new Map<string, readonly string[]>()
const entrance = createServer((request, response) => {
  const location = Buffer.from(decodeURIComponent(request.url?.slice(1) ?? '')).toString('latin1')
  response.writeHead(302, { location }).end()
})
let client: HttpClient
let entrancePort = 0

beforeAll(async () => {
  await once(entrance.listen(0, '127.0.0.1'), 'listening')
  entrancePort = (entrance.address() as AddressInfo).port
  client = createHttpClient({
    allow: [`entrance.example:${entrancePort}`],
    resolve: (host) => Promise.resolve(host === 'entrance.example' ? ['127.0.0.1'] : (names.get(host) ?? [])),
    connect: ({ host, addresses }) => {
      if (host !== 'entrance.example') dialled.push(...addresses)
      return connect(entrancePort, '127.0.0.1')
    },
  })
})

afterAll(async () => {
  await client.close()
  entrance.close()
})

const get = (url: string): Promise<HttpOutcome> => client.request({ method: 'GET', url, timeoutMs: 10_000 })
const redirectTo = (url: string): string => `http://entrance.example:${entrancePort}/${encodeURIComponent(url)}`
const codeOf = (outcome: HttpOutcome): string =>
  outcome.kind === 'failed' ? outcome.code : String(outcome.response.status)

/** Authorities that a URL parser turns into an address that is not public. */
const FORBIDDEN: readonly string[] = `
127.0.0.1 127.0.0.1. 127.1 127.0.1 2130706433 017700000001 0x7f000001 0x7f.1 0x7f.0.0.1 0177.0.0.1 0177.1 127.0.0.01 127.255.255.254 0x7F000001
1２7.0.0.1 127。0。0。1 ①②⑦.⓪.⓪.① %31%32%37.0.0.1 0 0.0.0.0 0x0 00 0.1 0.0.0.1
10.0.0.1 10.255.255.255 012.0.0.1 0xa.1 167772161 172.16.0.1 172.31.255.255 192.168.0.1 192.168.257 3232235521 0300.0250.0.1
169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.43518 100.64.0.1 100.127.255.255 100.100.100.200 168.63.129.16
192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
[::] [::1] [0:0:0:0:0:0:0:1] [0000::0001] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:8.8.8.8] [::ffff:169.254.169.254] [0:0:0:0:0:ffff:a00:1] [::127.0.0.1] [::7f00:1]
[::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::808:808] [64:ff9b::a00:1] [64:ff9b:1::a00:1] [64:ff9b:1:ffff::1] [2002:7f00:1::] [2002:a00:1::1] [2001::1] [2001:0:7f00:1::]
[fe80::1] [febf::1] [fec0::1] [fc00::1] [fd00:ec2::254] [fdff::1] [ff02::1] [ff0e::1] [100::1] [2001:db8::1] [2001:10::1] [3fff::1] [4000::1] [5f00::1] [::5efe:7f00:1]
`
  .trim()
  .split(/\s+/)

/** What is no address at all once it is read as a URL. */
const UNREADABLE: readonly string[] =
  '[::1%25eth0] [fe80::1%lo] [::1%1] 256.0.0.1 0x100000000 4294967296 1.2.3.4.5 127.0.0.1.2 [127.0.0.1] [::1 ::1 127.0.0.09'.split(
    ' ',
  )

test('the table is as long as it claims', () => expect(FORBIDDEN.length + UNREADABLE.length).toBeGreaterThan(90))

test.each(FORBIDDEN)('http://%s/ is refused, and so is a redirect to it', async (authority) => {
  for (const protocol of ['http', 'https']) {
    const url = `${protocol}://${authority}/latest/meta-data`
    expect(codeOf(await get(url))).toBe('ADDRESS_REFUSED')
    expect(codeOf(await get(redirectTo(url)))).toBe('ADDRESS_REFUSED')
  }
  expect(dialled).toEqual([])
})

test.each(UNREADABLE)('http://%s/ is no URL, nor is a redirect to it', async (authority) => {
  const url = `http://${authority}/`
  expect(codeOf(await get(url))).toBe('INVALID_URL')
  expect(codeOf(await get(redirectTo(url)))).toBe('INVALID_URL')
  expect(dialled).toEqual([])
})

test.each(FORBIDDEN)('a name that leads to %s is refused', async (authority) => {
  const address = new URL(`http://${authority}`).hostname.replace(/^\[|\]$/g, '')
  names.set('innocent.example', [address])
  expect(codeOf(await get('http://innocent.example/'))).toBe('ADDRESS_REFUSED')
  expect(codeOf(await get(redirectTo('http://innocent.example/')))).toBe('ADDRESS_REFUSED')
  expect(dialled).toEqual([])
})

test.each([
  ['169.254.169.254:80', 'http://169.254.169.254/latest/meta-data'],
  ['[fe80::1]:80', 'http://[fe80::1]/'],
])('who asks for %s is told what may be there, and how to be let through', async (target, url) => {
  const why = 'it is a link-local address, where cloud platforms give out the credentials of a machine'
  const message = `Cannot call "${target}": ${why}; --allow-net ${target} would let it through`
  expect(await get(url)).toMatchObject({ code: 'ADDRESS_REFUSED', message })
})

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '169.253.0.1',
  '2606:4700::1111',
  '2a00:1450::1',
])('%s is a public address', (address) => expect(refusalOf(address)).toBeNull())
