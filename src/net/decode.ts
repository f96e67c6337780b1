// The body of an answer: read whole and decompressed, and never more of it than a bound, before or after.
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from 'node:zlib'
import { quote } from '../lib/quote.ts'
import { readAtMost } from '../lib/read-at-most.ts'
import { NetError } from './net-error.ts'

/** Honest servers compress once. */
const codingsMax = 2

/** The window that RFC 8878 asks every decoder to support (8 MiB); a larger one would only cost memory. */
const zstdParams = { [constants.ZSTD_d_windowLogMax]: 23 }

/** What a request says it can read. Without `deflate`, which servers spell in two ways; the right one is read all the same. */
export const ACCEPT_ENCODING = 'gzip, br, zstd'

type Decode = (bytes: Uint8Array, bound: { readonly maxOutputLength: number }) => Promise<Uint8Array>

const [gzip, deflate, brotli] = [promisify(gunzip), promisify(inflate), promisify(brotliDecompress)]
const zstd = promisify(zstdDecompress)
const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', brotli],
  ['zstd', (bytes, bound) => zstd(bytes, { ...bound, params: zstdParams })],
])

export type Body = {
  readonly stream: Readable
  /** The `content-encoding` of the answer. */
  readonly coding: string
  /** HOST:PORT, for messages. */
  readonly from: string
}

/**
 * All bytes of `body`.
 *
 * @throws NetError `RESPONSE_TOO_LARGE` as soon as there are more than `bytesMax`.
 */
export async function readBody(body: Body, bytesMax: number): Promise<Uint8Array> {
  const decoders = decodersOf(body)
  let bytes = await readRaw(body, bytesMax)
  // Without a body (HEAD, 304) the coding is that of the body that there would be.
  if (bytes.length === 0) return bytes
  for (const decode of decoders) {
    bytes = await decode(bytes, { maxOutputLength: bytesMax }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(body, bytesMax) : unreadable(body, error.message)
    })
  }
  return bytes
}

async function readRaw(body: Body, bytesMax: number): Promise<Uint8Array> {
  const bytes = await readAtMost(body.stream, bytesMax)
  if (bytes === null) throw tooLarge(body, bytesMax)
  return bytes
}

function decodersOf(body: Body): readonly Decode[] {
  const names = body.coding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const decoders = names.toReversed().flatMap((name) => DECODERS.get(name) ?? [])
  if (decoders.length === names.length && names.length <= codingsMax) return decoders
  body.stream.on('error', () => {}).destroy()
  throw unreadable(body, `its content encoding is ${quote(body.coding)}`)
}

function unreadable({ from }: Body, why: string): NetError {
  return new NetError('UNREACHABLE', `Cannot read the answer of "${from}": ${why}`)
}

function tooLarge({ from }: Body, bytesMax: number): NetError {
  const why = `it is longer than responseBytesMax, which is ${bytesMax}`
  return new NetError('RESPONSE_TOO_LARGE', `Cannot read the answer of "${from}": ${why}`)
}
