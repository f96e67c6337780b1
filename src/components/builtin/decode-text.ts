// Bytes as text, where nobody said for certain how they are encoded.

const BOMS: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

/**
 * Text by, in this order: a byte order mark, the charset of `contentType`, UTF-8 if it is that, else windows-1252, in which
 * everything is text.
 *
 * @example decodeText(Uint8Array.of(0xfc), 'text/plain') // 'ü'
 */
export function decodeText(bytes: Uint8Array, contentType: string): string {
  const [, marked] = BOMS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte)) ?? []
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes)
  const declared = /;\s*charset="?([^\s";]+)/i.exec(contentType)?.[1]
  return (
    decoded(bytes, declared, false) ?? decoded(bytes, 'utf-8', true) ?? new TextDecoder('windows-1252').decode(bytes)
  )
}

/** `null` for a charset that nobody knows, or that the bytes are not in. */
function decoded(bytes: Uint8Array, charset: string | undefined, fatal: boolean): string | null {
  try {
    return charset === undefined ? null : new TextDecoder(charset, { fatal }).decode(bytes)
  } catch {
    return null
  }
}
