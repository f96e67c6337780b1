// Bytes of a stream that may have no end.

/** All of a stream's bytes; `null`, and the stream is closed, as soon as there are more than `bytesMax`. */
export async function readAtMost(stream: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let count = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    count += chunk.length
    if (count > bytesMax) return null
  }
  return Buffer.concat(chunks)
}
