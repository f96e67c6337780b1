// Runs Python in a process of its own, behind `confine.py`. All of the process is dead before its outcome is told.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { assert } from '../../lib/assert.ts'
import { isRecord, type Json } from '../../lib/json.ts'
import type { CodeEnd, CodeOutcome, CodeTask } from '../code-runner.ts'
import { boundedText } from './bounded-text.ts'
import {
  answerBytesMax,
  bytesPerMb,
  cpuSecondsExtra,
  fileBytesMax,
  logBytesMax,
  openFilesMax,
  threadsMax,
} from './bounds.ts'

export type PythonRoom = {
  /** The program, by its whole path. */
  readonly python: string
  /** In namespaces of its own, else with limits and nothing more. */
  readonly isConfined: boolean
}

/** Who code runs as where the engine is root: nobody. Limits on processes do not hold for root. */
const NOBODY = 65_534
/** Parent and child, which are not the threads of the code. */
const PROCESSES_OWN = 2
/** A process that was told to end and has not by then is ended. */
const graceMs = 5_000
/** What `confine.py` writes before the code begins: nothing behind it says that there was no room. */
const READY = 'ready\n'

export async function runPython(task: CodeTask, room: PythonRoom): Promise<CodeOutcome> {
  const child = start(room)
  let end: CodeEnd | null = null
  let grace: NodeJS.Timeout | null = null
  const stop = (reason: CodeEnd | null): void => {
    end ??= reason
    // Its holder ends all inside, and then itself. Without a room, code can have ended its holder, and left its group.
    if (room.isConfined) child.kill('SIGTERM')
    else letGo(child)
    grace ??= setTimeout(letGo, graceMs, child)
  }
  const over = (bound: string, most: number) => (): void => stop({ kind: 'over', bound, most })
  const [, out, err, answer] = child.stdio
  assert(out instanceof Readable && err instanceof Readable && answer instanceof Readable, 'its streams are pipes')
  const stdout = boundedText(out, logBytesMax, over('logBytesMax', logBytesMax))
  const stderr = boundedText(err, logBytesMax, over('logBytesMax', logBytesMax))
  const answered = boundedText(answer, answerBytesMax, over('answerBytesMax', answerBytesMax))
  const timer = setTimeout(over('timeout_ms', task.timeoutMs), task.timeoutMs)
  const abort = (): void => stop(null)
  task.signal.addEventListener('abort', abort, { once: true })
  if (task.signal.aborted) abort()
  try {
    send(child, task, room)
    const [code, signal] = await ended(child)
    task.signal.throwIfAborted()
    const logs = { stdout: stdout.text(), stderr: stderr.text() }
    return { logs, ...(end ?? endOf(answered.text(), code, signal, task)) }
  } finally {
    clearTimeout(timer)
    if (grace !== null) clearTimeout(grace)
    task.signal.removeEventListener('abort', abort)
    // A room is empty by now, and its number may be that of others.
    if (!room.isConfined) killAll(child)
  }
}

function start({ python }: PythonRoom): ChildProcess {
  const isRoot = process.getuid?.() === 0
  return spawn(python, ['-I', '-X', 'utf8', '-c', programOf('confine')], {
    cwd: '/',
    detached: true,
    // The C library takes more room for each thread without it. The code itself sees no environment.
    env: { MALLOC_ARENA_MAX: '1' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
  })
}

function send(child: ChildProcess, task: CodeTask, { isConfined }: PythonRoom): void {
  const { form, code, input, context, timeoutMs, memoryMb } = task
  const limits = {
    memoryBytes: memoryMb * bytesPerMb,
    cpuSeconds: Math.ceil(timeoutMs / 1_000) + cpuSecondsExtra,
    fileBytes: fileBytesMax,
    openFiles: openFilesMax,
    threads: threadsMax + PROCESSES_OWN,
  }
  const programs = { models: programOf('models'), run_code: programOf('run_code') }
  // A process that ended at once does not listen; how it ended is told by its end.
  child.stdin?.on('error', () => {})
  child.stdin?.end(
    JSON.stringify({ parent: process.pid, isConfined, limits, programs, task: { form, code, input, context } }),
  )
}

function programOf(name: 'confine' | 'models' | 'run_code'): string {
  return readFileSync(new URL(`./${name}.py`, import.meta.url), 'utf8')
}

type Ended = readonly [code: number | null, signal: string | null]

/** Once it is dead and all that it wrote is read. */
async function ended(child: ChildProcess): Promise<Ended> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Node emits, by its documentation
  return (await once(child, 'close')) as unknown as Ended
}

/** The group is the process, its child, and whatever that made without a room around it. */
function killAll({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Ends what can be found, and waits for nothing that something else may hold open. */
function letGo(child: ChildProcess): void {
  killAll(child)
  for (const stream of child.stdio) stream?.destroy()
}

function endOf(answered: string, code: number | null, signal: string | null, task: CodeTask): CodeEnd {
  const end = answered.startsWith(READY) ? toEnd(answered.slice(READY.length)) : toRefusal(answered)
  if (end?.kind === 'out-of-memory') return { kind: 'over', bound: 'memory_mb', most: task.memoryMb }
  if (end !== null) return end
  // 128 and the signal, as shells tell it.
  if (code === 128 + 9) return { kind: 'over', bound: 'timeout_ms', most: task.timeoutMs }
  const how = signal ?? (code !== null && code > 128 ? `signal ${code - 128}` : `status ${code}`)
  return { kind: 'died', how }
}

function toRefusal(answered: string): CodeEnd | null {
  const data = parsed(answered)
  const missing = isRecord(data) ? data['missing'] : null
  return typeof missing === 'string' ? { kind: 'unavailable', missing } : null
}

/** The code can write what it likes in place of an answer; then it is its answer, or none. */
function toEnd(answered: string): CodeEnd | { readonly kind: 'out-of-memory' } | null {
  const data = parsed(answered)
  if (!isRecord(data)) return null
  const { kind, value = null, name, traceback, what } = data
  if (kind === 'value') return { kind, value }
  if (kind === 'out-of-memory') return { kind }
  if (kind === 'no-data' && typeof what === 'string') return { kind, what }
  if (kind !== 'raised' || typeof name !== 'string' || typeof value !== 'string') return null
  return { kind, name, value, traceback: typeof traceback === 'string' ? traceback : '' }
}

function parsed(text: string): Json {
  try {
    const data: Json = JSON.parse(text)
    return data
  } catch {
    return null
  }
}
