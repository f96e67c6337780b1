// The one way to the outside world over HTTP. What it takes to send anything is imported with the first request.
// N1  Without an operator's word only public addresses are reached, however they are spelled, named or redirected to.
// N2  Whatever the other side does is answered as a value; only an abort by the caller is thrown, with the caller's reason.
// N3  No proxy, certificate or setting is taken from the environment beyond what Node itself reads.
import { assert } from '../lib/assert.ts'
import type { Connect, Resolve } from './connect.ts'
import { firstHop, type Hop, nextHop } from './hop.ts'
import { hostPortOf, toHostPort } from '../lib/host-port.ts'
import { NetError, type NetErrorCode, reasonOf } from './net-error.ts'
import type { Reply, ResponseHeaders, Transport } from './transport.ts'

export type HttpClient = {
  /** @throws the reason of `request.signal`, once that is aborted; nothing else. */
  request(request: HttpRequest): Promise<HttpOutcome>
  /** Ends all connections, also those in use. */
  close(): Promise<void>
}

export type HttpRequest = {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Added to the query of `url`. */
  readonly query?: readonly (readonly [name: string, value: string])[]
  readonly body?: string | Uint8Array | null
  /** For all of it: the connection, the redirects and the body. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Of the answer's body, after decompression. */
  readonly responseBytesMax?: number
  /** 0: a redirect is the answer. */
  readonly redirectsMax?: number
}

export type HttpOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | {
      readonly kind: 'failed'
      readonly code: NetErrorCode
      readonly message: string
      /** Whether any of the request may have reached the other side; `false` is certain. */
      readonly isSent: boolean
    }

export type HttpResponse = {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body: Uint8Array
  /** Where the answer came from, after redirects. */
  readonly url: string
}

/** Bodies are read whole. */
export const responseBytesMax = 10_000_000
export const redirectsMax = 5
/** The longest time that a timer of Node can hold. */
const timerMsMax = 2 ** 31 - 1

/**
 * A client with its own connections.
 *
 * @param options.allow HOST:PORT that may be reached although they are not public; see `toHostPort`.
 * @param options.resolve Finds the addresses of a name; absent: the operating system.
 * @param options.connect Dials an address that was let through; absent: TCP.
 */
export function createHttpClient(options: {
  readonly allow: readonly string[]
  readonly resolve?: Resolve
  readonly connect?: Connect
}): HttpClient {
  const allowed = new Set(options.allow.map(toAllowed))
  const { resolve, connect } = options
  let transport: Promise<Transport> | null = null
  const open = (): Promise<Transport> =>
    (transport ??= import('./transport.ts').then((heavy) => heavy.openTransport({ allowed, resolve, connect })))
  return {
    request: async (request) => exchange(request, await open()),
    close: async () => (await transport)?.close(),
  }
}

function toAllowed(text: string): string {
  const canonical = toHostPort(text)
  assert(canonical !== null, `An address to allow is HOST:PORT, which "${text}" is not`)
  return canonical
}

async function exchange(request: HttpRequest, transport: Transport): Promise<HttpOutcome> {
  const { timeoutMs, signal: ofCaller } = request
  ofCaller?.throwIfAborted()
  const deadline = AbortSignal.timeout(Math.min(timeoutMs, timerMsMax))
  const signal = ofCaller === undefined ? deadline : AbortSignal.any([ofCaller, deadline])
  const chain: Chain = { hop: null, redirects: 0 }
  try {
    return { kind: 'response', response: await follow(request, transport, signal, chain) }
  } catch (error) {
    ofCaller?.throwIfAborted()
    if (error instanceof NetError) return failed(error.code, error.message, mayHaveLeft(error, chain))
    const target = chain.hop === null ? 'nowhere' : hostPortOf(chain.hop.url)
    if (deadline.aborted) return failed('TIMEOUT', `Cannot get an answer of "${target}" within ${timeoutMs} ms`, true)
    return explain(error, target)
  }
}

/** Where a request has got to, for messages. */
type Chain = { hop: Hop | null; redirects: number }

function mayHaveLeft(error: NetError, { hop, redirects }: Chain): boolean {
  return hop !== null && (redirects > 0 || error.isSent)
}

async function follow(
  request: HttpRequest,
  transport: Transport,
  signal: AbortSignal,
  chain: Chain,
): Promise<HttpResponse> {
  const { headers = {}, query = [], body = null } = request
  const most = Math.min(request.redirectsMax ?? redirectsMax, redirectsMax)
  let hop = firstHop({ method: request.method, url: request.url, headers, query, body })
  for (let redirects = 0; ; redirects++) {
    Object.assign(chain, { hop, redirects })
    const reply = await transport.send(hop, signal)
    const next = most === 0 ? null : nextHop(hop, reply.status, locationOf(reply))
    if (next === null) return complete(request, hop, reply)
    await reply.discard()
    if (redirects === most)
      throw new NetError(
        'TOO_MANY_REDIRECTS',
        `Cannot follow "${hostPortOf(hop.url)}" further: ${most} redirects at most`,
      )
    hop = next
  }
}

async function complete(request: HttpRequest, hop: Hop, reply: Reply): Promise<HttpResponse> {
  const body = await reply.read(request.responseBytesMax ?? responseBytesMax)
  return { status: reply.status, headers: reply.headers, body, url: hop.url.href }
}

/** Headers arrive as one character a byte; a location that is more than ASCII is UTF-8, as in browsers. */
function locationOf(reply: Reply): string | undefined {
  const [location] = [reply.headers['location'] ?? []].flat()
  return location === undefined ? undefined : Buffer.from(location, 'latin1').toString()
}

function explain(error: unknown, target: string): HttpOutcome {
  const reason = reasonOf(error)
  if (error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG')
    return failed('INVALID_REQUEST', `Cannot send the request to "${target}": ${reason}`, false)
  return failed('UNREACHABLE', `Cannot reach "${target}": ${reason}`, true)
}

function failed(code: NetErrorCode, message: string, isSent: boolean): HttpOutcome {
  return { kind: 'failed', code, message, isSent }
}
