// Names for content: the same content has the same name everywhere.
import { sha256 as hashBytes } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * What a process hashes without Node's own `crypto`, in UTF-16 units: loading that takes 10 ms, which is worth it
 * only for more.
 */
const SMALL_MAX = 131_072

let hashedLength = 0

/** SHA-256 of a text's UTF-8 bytes, as 64 lowercase hexadecimal digits. */
export function sha256(text: string): string {
  hashedLength += text.length
  return hashedLength > SMALL_MAX ? hashFast(text) : bytesToHex(hashBytes(utf8ToBytes(text)))
}

function hashFast(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text)
}
