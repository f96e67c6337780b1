// Standard output and standard error. Files and pipes are written to directly: Node's streams for them take 5 ms to load.
// Once a component uses such a stream we do too, or what it has not written yet would be overtaken, and lost at the end.
import { fstatSync, writeSync } from 'node:fs'

export type Output = {
  /** Resolved when it is written. */
  readonly write: (text: string) => Promise<void>
  /** Resolved when all that anybody has written to it is gone, or nobody reads any more: it is lost where the process ends before. */
  readonly flush: () => Promise<void>
  /** Where it is a terminal. */
  readonly tty: NodeJS.WriteStream | null
}

export function openOutput(name: 'stdout' | 'stderr'): Output {
  const fd = name === 'stdout' ? 1 : 2
  let stream: NodeJS.WriteStream | null = null
  onFirstUse(name, (used) => {
    // That nobody reads any more is told to whoever waits for what they write, and to nobody else.
    used.on('error', () => undefined)
    stream = used
  })
  return {
    async write(text) {
      const rest = stream === null ? writeNow(fd, Buffer.from(text)) : text
      if (rest.length > 0) await writeTo(process[name], rest)
    },
    async flush() {
      if (stream !== null) await writeTo(stream, '').catch(() => undefined)
    },
    tty: isTerminal(fd) ? process[name] : null,
  }
}

/** Of `process.stdout` and its like, which `console` goes through as well. */
function onFirstUse(name: 'stdout' | 'stderr', then: (stream: NodeJS.WriteStream) => void): void {
  const own = Object.getOwnPropertyDescriptor(process, name)
  if (own?.get === undefined) return then(process[name]) // somebody has put a stream of theirs there
  Object.defineProperty(process, name, {
    ...own,
    get(): NodeJS.WriteStream {
      Object.defineProperty(process, name, own)
      then(process[name])
      return process[name]
    },
  })
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

function writeTo(stream: NodeJS.WriteStream, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error === null || error === undefined ? resolve() : reject(error)))
  })
}
