// Bytes of a file or a stream that may have no end.
import { close, open, read } from 'node:fs'
import { promisify } from 'node:util'

const CHUNK_BYTES = 65_536

const [openFile, readFile, closeFile] = [promisify(open), promisify(read), promisify(close)]

/** All of a file's bytes, or of a pipe's that has a name; `null` as soon as there are more than `bytesMax`. Streams for this take Node 5 ms to load. */
export async function readFileAtMost(path: string, bytesMax: number): Promise<Buffer | null> {
  const file = await openFile(path, 'r')
  try {
    return await readAtMost(chunksOf(file), bytesMax)
  } finally {
    await closeFile(file)
  }
}

async function* chunksOf(file: number): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  for (;;) {
    const { bytesRead } = await readFile(file, chunk, 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return
    yield Buffer.from(chunk.subarray(0, bytesRead)) // a pipe gives a little at a time
  }
}

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
