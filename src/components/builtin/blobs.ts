// Blobs: JSON texts by the hash of what they say.
import { sha256 } from '../../lib/hash.ts'
import type { Json } from '../../lib/json.ts'
import { after, type MaybeAsync } from '../../lib/maybe-async.ts'
import { quote } from '../../lib/quote.ts'
import { ComponentError } from '../component.ts'
import { invalidInput } from './invalid-input.ts'

/** Where blobs lie. */
export type BlobPort = {
  /** Storing the same blob again changes nothing. It is kept as long as a run that put or read it. */
  put(id: string, text: string, run: string): MaybeAsync<void>
  /** `null`: there is none. `run` is who needs it; `null`: it is needed only now. */
  get(id: string, run: string | null): MaybeAsync<string | null>
}

/** One write must not stall the writer. */
const blobBytesMax = 64 * 1024 * 1024

/**
 * Stores `data` and answers its id: the SHA-256 of its compact JSON, keys in the order in which they were given,
 * except that JavaScript puts keys that look like an array index first, and writes `1.0` as `1`.
 */
export function writeBlob(blobs: BlobPort, data: Json, run: string): MaybeAsync<string> {
  const text = JSON.stringify(data)
  const bytes = Buffer.byteLength(text)
  if (bytes > blobBytesMax) throw invalidInput(`Cannot store a blob of ${bytes} bytes: blobBytesMax is ${blobBytesMax}`)
  const id = sha256(text)
  return after(blobs.put(id, text, run), () => id)
}

/** The data of a blob. A blob that is not there may yet come. */
export function readBlob(blobs: BlobPort, id: string, run: string | null): MaybeAsync<Json> {
  if (!/^[0-9a-f]{64}$/.test(id))
    throw invalidInput(`Cannot use ${quote(id)} as the id of a blob: expected 64 lowercase hexadecimal digits`)
  return after(blobs.get(id, run), (text) => {
    if (text === null) throw new ComponentError({ code: 'RESOURCE_UNAVAILABLE', message: `Cannot find the blob ${id}` })
    const data: Json = JSON.parse(text)
    return data
  })
}
