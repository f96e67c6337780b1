// One request of a chain of redirects, and how a redirect leads to the next.
// H1  Only http and https, without a name and password in the address.
// H2  What identifies the caller goes to the origin that it was meant for and to no other, also on the way back.
import { quote } from '../lib/quote.ts'
import { NetError } from './net-error.ts'

export type Hop = {
  readonly method: string
  readonly url: URL
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string | Uint8Array | null
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])
const OF_THE_BODY = /^content-/
/** Set by the connection; from a caller they could smuggle a second request, or name another host than the checked one. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(
  'connection content-length expect host keep-alive te trailer transfer-encoding upgrade'.split(' '),
)

/** The first request, as a caller asked for it. */
export function firstHop(request: {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly body: string | Uint8Array | null
}): Hop {
  const url = toUrl(request.url)
  for (const [name, value] of request.query) url.searchParams.append(name, value)
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]))
  for (const name of headers.keys())
    if (OF_THE_CONNECTION.has(name))
      throw new NetError('INVALID_REQUEST', `Cannot send the header ${quote(name)}: the connection sets it`)
  const method = request.method.toUpperCase()
  if (method === 'CONNECT' || method === 'TRACE')
    throw new NetError('INVALID_REQUEST', `Cannot send a request with the method ${quote(method)}`)
  return { method, url, headers, body: request.body }
}

/** Where the answer to `hop` leads, as browsers do it, or `null` where it is no redirect. */
export function nextHop(hop: Hop, status: number, location: string | undefined): Hop | null {
  if (!REDIRECTS.has(status) || location === undefined) return null
  const url = toUrl(location, hop.url)
  const becomesGet = isRewritten(status, hop.method)
  const isSameOrigin = url.origin === hop.url.origin
  const isKept = ([name]: readonly [string, string]): boolean =>
    (isSameOrigin || !CREDENTIALS.has(name)) && !(becomesGet && OF_THE_BODY.test(name))
  const headers = new Map([...hop.headers].filter(isKept))
  return becomesGet ? { method: 'GET', url, headers, body: null } : { ...hop, url, headers }
}

function isRewritten(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return (status === 301 || status === 302) && method === 'POST'
}

function toUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href)
  if (url === null) throw new NetError('INVALID_URL', `Cannot call ${shown(text)}: it is not a URL`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new NetError('INVALID_URL', `Cannot call a URL with ${quote(url.protocol)}: only http: and https: are spoken`)
  if (url.username !== '' || url.password !== '')
    throw new NetError(
      'INVALID_URL',
      `Cannot call "${url.host}" with a name or password in the URL: an authorization header would do`,
    )
  return url
}

/** Without a query and without a password: they may be secrets. */
function shown(text: string): string {
  return quote(text.replace(/[?#].*$/s, '?…').replace(/\/\/[^/]*@/, '//…@'))
}
