// A service on loopback, for tests of components that speak to one: it notes what it is asked, and answers what a test says.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { assert } from '../../lib/assert.ts'
import type { Json } from '../../lib/json.ts'
import { createHttpClient } from '../../net/client.ts'
import { type Asked, ask } from '../component.suite.ts'
import type { Call, Component } from '../component.ts'
import { world } from './builtins.world.ts'

export type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { readonly body: string }
export type Reply = (request: Request, response: ServerResponse) => unknown

export type Service = {
  readonly origin: string
  /** HOST:PORT. */
  readonly host: string
  readonly requests: Request[]
  /** What it answers from now on, in this test. */
  answers(reply: Reply): void
  /** Asks the built-in component at `path`, which may reach the service. */
  ask(path: string, input: Json, call?: Partial<Call>): Promise<Asked>
  find(path: string): Component | null
}

/** The service of a test file. */
export function service(ports: Parameters<typeof world>[0] = {}): Service {
  let reply: Reply = nothing
  const requests: Request[] = []
  const server = createServer((incoming, response) => {
    void incoming.toArray().then((chunks) => {
      const { method, url, headers } = incoming
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() }
      requests.push(request)
      return reply(request, response)
    })
  })
  let http: ReturnType<typeof createHttpClient> | null = null
  let host = ''
  let find: Service['find'] = nowhere
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    host = hostOf(server.address())
    http = createHttpClient({ allow: [host, '127.0.0.1:1'] })
    ;({ find } = world({ http, ...ports }))
  })
  beforeEach(() => void requests.splice(0))
  afterAll(async () => {
    await http?.close()
    server.closeAllConnections()
    server.close()
  })
  return {
    get origin() {
      return `http://${host}`
    },
    get host() {
      return host
    },
    requests,
    answers: (next) => void (reply = next),
    ask: (path, input, call) => ask(find(path), input, call),
    find: (path) => find(path),
  }
}

const nothing: Reply = (_request, response) => response.end()
const nowhere: Service['find'] = () => null

function hostOf(address: AddressInfo | string | null): string {
  assert(typeof address === 'object' && address !== null, 'it listens on a port')
  return `127.0.0.1:${address.port}`
}

/** A reply with `body` as JSON. */
export function json(status: number, body: Json, headers: Readonly<Record<string, string>> = {}): Reply {
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
