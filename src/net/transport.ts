// Sends one request over pooled connections. The heavy half of the client: it is imported when the first request goes out.
import { Agent } from 'undici'
import { untilAborted } from '../lib/until-aborted.ts'
import { type Connect, connectWithSystem, createConnector, type Resolve, resolveWithSystem } from './connect.ts'
import { ACCEPT_ENCODING, readBody } from './decode.ts'
import type { Hop } from './hop.ts'
import { hostPortOf } from '../lib/host-port.ts'

export type Transport = {
  send(hop: Hop, signal: AbortSignal): Promise<Reply>
  /** Ends all connections, also those in use. */
  close(): Promise<void>
}

/** The head of an answer; exactly one of the two functions is to be called. */
export type Reply = {
  readonly status: number
  readonly headers: ResponseHeaders
  read(bytesMax: number): Promise<Uint8Array>
  /** Lets the body go, so that its connection can be used again. */
  discard(): Promise<void>
}

/** By name in lower case; a list where a name came more than once. */
export type ResponseHeaders = { readonly [name: string]: string | readonly string[] | undefined }

const connectionsPerOriginMax = 64
const originsMax = 1_000
/** The rest of a redirect's body is not worth a connection. */
const discardedBytesMax = 64 * 1024

export function openTransport(options: {
  readonly allowed: ReadonlySet<string>
  readonly resolve?: Resolve | undefined
  readonly connect?: Connect | undefined
}): Transport {
  const { allowed, resolve = resolveWithSystem, connect = connectWithSystem } = options
  const agent = new Agent({
    connect: createConnector({ allowed, resolve, connect }),
    connections: connectionsPerOriginMax,
    maxOrigins: originsMax,
    // The deadline of the whole request is the one that counts.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return {
    send: (hop, signal) => send(agent, hop, signal),
    close: () => agent.destroy(),
  }
}

async function send(agent: Agent, hop: Hop, signal: AbortSignal): Promise<Reply> {
  const { method, url, body } = hop
  const headers = new Map([
    ['accept-encoding', ACCEPT_ENCODING],
    ['user-agent', 'millrace'],
    ['accept', '*/*'],
    ...hop.headers,
  ])
  const path = `${url.pathname}${url.search}`
  // While a connection is being made, undici does not listen to the signal.
  const response = await untilAborted(
    agent.request({ origin: url.origin, path, method, headers, body, signal }),
    signal,
  )
  const coding = [response.headers['content-encoding'] ?? ''].join()
  return {
    status: response.statusCode,
    headers: response.headers,
    read: (bytesMax) => readBody({ stream: response.body, coding, from: hostPortOf(url) }, bytesMax),
    discard: () => response.body.dump({ limit: discardedBytesMax, signal }),
  }
}
