// Runs JavaScript in a thread, each run in a QuickJS of its own, and ends a thread whose code does not end by itself.
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Json } from '../../lib/json.ts'
import type { CodeOutcome, CodeTask, RunCode } from '../code-runner.ts'
import { bytesPerMb } from './bounds.ts'
import { missingOf } from './installed.ts'
import { createKept } from './kept.ts'
import type { JavaScriptOutcome, JavaScriptTask } from './quickjs.ts'

const LIBRARIES = ['quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync']
const INSTALL = `npm install ${LIBRARIES.map((name) => `${name}@0.32.0`).join(' ')}`
/** Code ends by itself at its limit unless it is inside one long call; starting and answering take a moment too. */
const graceMs = 1_000
const idleMax = 1
/** Of the thread around QuickJS, whose own memory is not of these. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

const noLogs = { stdout: '', stderr: '' }

export type JavaScript = { readonly run: RunCode; close(): void }

export function createJavaScript(): JavaScript {
  const kept = createKept(
    { start, isAlive: ({ threadId }) => threadId >= 0, hold, end: (worker) => worker.terminate() },
    idleMax,
  )
  return {
    async run(task) {
      const missing = missingOf(LIBRARIES)
      if (missing.length > 0) return { logs: noLogs, kind: 'unavailable', missing: `its libraries (${INSTALL})` }
      return toOutcome(
        await kept.use(
          (worker) => ask(worker, task),
          ({ end }) => end.kind === 'json' || end.kind === 'raised',
        ),
      )
    },
    close: () => kept.close(),
  }
}

function start(): Worker {
  // Found beside this file as a source, in the library and in the bundle.
  const file = new URL(`./javascript-worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(file, { env: {}, execArgv: [], stdin: false, resourceLimits })
  // Whoever waits for it listens too; one that is ended may fail once more.
  return worker.on('error', () => {})
}

function hold(worker: Worker, isHeld: boolean): void {
  if (isHeld) worker.ref()
  else worker.unref()
}

async function ask(worker: Worker, task: CodeTask): Promise<JavaScriptOutcome> {
  const { code, input, timeoutMs, memoryMb, signal } = task
  const { promise, resolve, reject } = Promise.withResolvers<JavaScriptOutcome>()
  const end = (reason: JavaScriptOutcome['end']): void => resolve({ logs: noLogs, end: reason })
  const failed = (error: unknown): void => end({ kind: 'died', how: String(error) })
  const exited = (status: number): void => end({ kind: 'died', how: `status ${status}` })
  const abort = (): void => reject(signal.reason)
  const timer = setTimeout(end, timeoutMs + graceMs, { kind: 'over', bound: 'timeout_ms', most: timeoutMs })
  worker.once('message', resolve).once('error', failed).once('exit', exited)
  signal.addEventListener('abort', abort, { once: true })
  const memoryBytes = memoryMb * bytesPerMb
  const asked: JavaScriptTask = { code, input: JSON.stringify(input), timeoutMs, memoryBytes }
  try {
    if (signal.aborted) abort()
    else worker.postMessage(asked)
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    worker.off('message', resolve).off('error', failed).off('exit', exited)
  }
}

function toOutcome({ logs, end }: JavaScriptOutcome): CodeOutcome {
  if (end.kind !== 'json') return { logs, ...end }
  const value: Json = JSON.parse(end.json)
  return { logs, kind: 'value', value }
}
