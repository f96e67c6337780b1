// Opens connections for the HTTP client, to addresses that were looked at.
// C1  A name is resolved once for each connection, and what is dialled is what was checked: a second answer cannot be slipped in.
// C2  Of several addresses only those that may be reached are dialled; where there is none, nothing is.
// C3  Every failure in here says that nothing of the request was sent.
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { callbackify } from 'node:util'
import type { buildConnector } from 'undici'
import { refusalOf } from './address.ts'
import { hostPort } from '../lib/host-port.ts'
import { NetError, reasonOf } from './net-error.ts'

/** The addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Begins to connect to one of `addresses`. */
export type Connect = (target: Target) => Socket
type Target = { readonly host: string; readonly port: number; readonly addresses: readonly string[] }

export type ConnectorPorts = {
  /** HOST:PORT in canonical spelling. */
  readonly allowed: ReadonlySet<string>
  readonly resolve: Resolve
  readonly connect: Connect
}

/** A connection that is not there by then will hardly come. */
const connectTimeoutMs = 10_000
const keepAliveMs = 60_000

export function createConnector(ports: ConnectorPorts): buildConnector.connector {
  const start = callbackify(openOrExplain)
  return (options, callback) =>
    start(options, ports, (error: Error | null, socket) => (error ? callback(error, null) : callback(null, socket)))
}

/** All addresses that the operating system knows for `host`. */
export const resolveWithSystem: Resolve = async (host) => {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}

/** Over TCP, to the first address that answers. */
export const connectWithSystem: Connect = ({ host, port, addresses }) =>
  connectTcp({
    host,
    port,
    autoSelectFamily: true,
    lookup: (_host, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      ),
  })

async function openOrExplain(options: buildConnector.Options, ports: ConnectorPorts): Promise<Socket> {
  const isSecure = options.protocol === 'https:'
  const host = options.hostname.replace(/^\[|\]$/g, '')
  const port = Number(options.port) || (isSecure ? 443 : 80)
  try {
    return await openConnection({ host, port, isSecure, servername: options.servername }, ports)
  } catch (error) {
    if (error instanceof NetError) throw new NetError(error.code, error.message, { isSent: false })
    throw new NetError('UNREACHABLE', `Cannot reach "${hostPort(host, port)}": ${reasonOf(error)}`, { isSent: false })
  }
}

type Wanted = {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  readonly servername: string | undefined
}

async function openConnection(wanted: Wanted, ports: ConnectorPorts): Promise<Socket> {
  const { host, port, isSecure, servername } = wanted
  const addresses = await addressesOf(host, port, ports)
  const signal = AbortSignal.timeout(connectTimeoutMs)
  const socket = ports.connect({ host, port, addresses })
  try {
    await once(socket, 'connect', { signal })
    socket.setNoDelay(true).setKeepAlive(true, keepAliveMs)
    return isSecure ? await secured(socket, host, servername, signal) : socket
  } catch (error) {
    socket.destroy()
    if (!signal.aborted) throw error
    throw new NetError('UNREACHABLE', `Cannot reach "${hostPort(host, port)}": no connection in ${connectTimeoutMs} ms`)
  }
}

async function secured(socket: Socket, host: string, name: string | undefined, signal: AbortSignal): Promise<Socket> {
  const servername = name ?? (isIP(host) === 0 ? host : '')
  const secure = connectTls({ socket, host, servername, ALPNProtocols: ['http/1.1'] })
  await once(secure, 'secureConnect', { signal })
  return secure
}

async function addressesOf(host: string, port: number, ports: ConnectorPorts): Promise<readonly string[]> {
  const found = isIP(host) === 0 ? await ports.resolve(host) : [host]
  const [first] = found
  if (first === undefined)
    throw new NetError('UNREACHABLE', `Cannot reach "${hostPort(host, port)}": the name has no address`)
  if (ports.allowed.has(hostPort(host, port))) return found
  const open = found.filter((address) => refusalOf(address) === null || ports.allowed.has(hostPort(address, port)))
  if (open.length === 0) throw refused(host, port, first)
  return open
}

function refused(host: string, port: number, address: string): NetError {
  const target = hostPort(host, port)
  const why = `${address === host ? 'it' : address} is ${refusalOf(address) ?? 'refused'}`
  return new NetError('ADDRESS_REFUSED', `Cannot call "${target}": ${why}; --allow-net ${target} would let it through`)
}
