// The text of a stream, up to a bound. It is cut behind a line: half of a secret would not be found and masked.
import type { Readable } from 'node:stream'

export type BoundedText = { readonly text: () => string }

/** Reads `stream` to its end; `onOver` is called once where it has more than `bytesMax`. */
export function boundedText(stream: Readable, bytesMax: number, onOver: () => void): BoundedText {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    const before = bytes
    bytes += chunk.length
    if (before < bytesMax) chunks.push(chunk.subarray(0, bytesMax - before))
    if (before <= bytesMax && bytes > bytesMax) onOver()
  })
  // A pipe that broke has ended.
  stream.on('error', () => {})
  return {
    text() {
      const text = Buffer.concat(chunks).toString()
      return bytes > bytesMax ? text.slice(0, text.lastIndexOf('\n') + 1) : text
    },
  }
}
