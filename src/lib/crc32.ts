// The checksum of texts: CRC-32 of their UTF-8 bytes, as in gzip.

/** What a process sums up without Node's own `zlib`, in UTF-16 units: loading that takes 3 ms, which is worth it only for more. */
const SMALL_MAX = 65_536

let summed = 0
let fast: ((text: string) => number) | null = null
let table: Uint32Array | null = null

/** An unsigned number of 32 bits. */
export function crc32(text: string): number {
  if (fast !== null) return fast(text)
  summed += text.length
  if (summed > SMALL_MAX) {
    fast = process.getBuiltinModule('node:zlib').crc32
    return fast(text)
  }
  table ??= makeTable()
  let sum = -1
  for (const byte of Buffer.from(text)) sum = (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8)
  return ~sum >>> 0
}

/** What each byte does to the sum, bit by bit. */
function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte
    for (let bit = 0; bit < 8; bit += 1) sum = (sum & 1) === 0 ? sum >>> 1 : (sum >>> 1) ^ 0xedb88320
    return sum
  })
}
