// Runs JavaScript in a thread with a QuickJS of its own, and ends the thread when it does not end by itself.
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Json } from '../../lib/json.ts'
import type { CodeEnd, CodeOutcome, CodeTask } from '../code-runner.ts'
import { bytesPerMb } from './bounds.ts'
import type { JavaScriptOutcome, JavaScriptTask } from './quickjs.ts'

const LIBRARIES = ['quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync']
/** Code ends by itself at its limit unless it is inside one long call; starting and answering take a moment too. */
const graceMs = 1_000
/** Of the thread around QuickJS, whose own memory is not of these. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

const noLogs = { stdout: '', stderr: '' }

export async function runInThread(task: CodeTask): Promise<CodeOutcome> {
  const missing = missingLibraries()
  if (missing.length > 0) return { logs: noLogs, kind: 'unavailable', missing: missing.join(' and ') }
  const { code, input, timeoutMs, memoryMb, signal } = task
  const workerData: JavaScriptTask = {
    code,
    input: JSON.stringify(input),
    timeoutMs,
    memoryBytes: memoryMb * bytesPerMb,
  }
  // Found beside this file as a source, in the library and in the bundle.
  const file = new URL(`./javascript-worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(file, { workerData, env: {}, execArgv: [], stdin: false, resourceLimits })
  try {
    return toOutcome(await answerOf(worker, timeoutMs, signal))
  } finally {
    await worker.terminate()
  }
}

function answerOf(worker: Worker, timeoutMs: number, signal: AbortSignal): Promise<JavaScriptOutcome> {
  return new Promise((resolve, reject) => {
    const end = (reason: JavaScriptOutcome['end']): void => resolve({ logs: noLogs, end: reason })
    const abort = (): void => reject(signal.reason)
    const timer = setTimeout(end, timeoutMs + graceMs, { kind: 'over', bound: 'timeout_ms', most: timeoutMs })
    signal.addEventListener('abort', abort, { once: true })
    worker.once('message', resolve)
    worker.once('error', (error) => end({ kind: 'died', how: String(error) }))
    worker.once('exit', (code) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      end({ kind: 'died', how: `status ${code}` })
    })
    if (signal.aborted) abort()
  })
}

function toOutcome({ logs, end }: JavaScriptOutcome): CodeOutcome {
  if (end.kind !== 'json') return { logs, ...end }
  const value: Json = JSON.parse(end.json)
  return { logs, kind: 'value', value } satisfies CodeOutcome & CodeEnd
}

function missingLibraries(): readonly string[] {
  const { resolve } = createRequire(import.meta.url)
  return LIBRARIES.filter((name) => {
    try {
      resolve(name)
      return false
    } catch {
      return true
    }
  })
}
