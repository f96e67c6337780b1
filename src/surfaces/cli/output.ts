// Standard output and standard error. Files and pipes are written to directly: Node's streams for them take 5 ms to load.
import { fstatSync, writeSync } from 'node:fs'

export type Output = {
  /** Resolved when it is written. */
  readonly write: (text: string) => Promise<void>
  /** Where it is a terminal. */
  readonly tty: NodeJS.WriteStream | null
}

export function openOutput(fd: 1 | 2): Output {
  const tty = isTerminal(fd) ? streamOf(fd) : null
  let stream = tty
  return {
    async write(text) {
      if (stream !== null) return writeTo(stream, text)
      const rest = writeNow(fd, Buffer.from(text))
      if (rest.length === 0) return
      stream = streamOf(fd) // from now on, or the order would be lost
      return writeTo(stream, rest)
    },
    tty,
  }
}

function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd)
  } catch {
    return false
  }
}

/** Answers what could not be written without waiting: somebody has made it so for this process too. */
function writeNow(fd: number, bytes: Uint8Array): Uint8Array {
  let rest = bytes
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
  }
  return rest
}

/** Nobody may read any more: whoever writes is told, and nobody else. */
function streamOf(fd: 1 | 2): NodeJS.WriteStream {
  const stream = fd === 1 ? process.stdout : process.stderr
  stream.on('error', () => undefined)
  return stream
}

function writeTo(stream: NodeJS.WriteStream, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error === null || error === undefined ? resolve() : reject(error)))
  })
}
