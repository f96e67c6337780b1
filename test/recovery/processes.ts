// Starts the process that is killed, holds on to its system calls, and tells how it ended.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a process works on. Its ledger lies beside the file, or outside of the disk that fails. */
export type Job = {
  readonly file: string
  readonly ledger: string
  readonly workload: string
  readonly language: string
  readonly rounds?: number
  /** When it is ended, if it does not end by itself. */
  readonly endMsMax?: number
}

export type Ended = {
  readonly lines: string
  readonly stderr: string
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  /** What strace wrote; empty without it. */
  readonly trace: string
  /** It had to be ended, as it did not end by itself. */
  readonly hung: boolean
}

/** A workload takes less than a second. */
const END_MS_MAX = 20_000
/** Keeps compiled sources: processes start in half the time. */
const CACHE_FOLDER = join(tmpdir(), 'millrace-recovery-cache')

/** A process that is ready to open its file, and does so at `go`. */
export type Ready = {
  readonly child: ChildProcess
  /** Resolved when it has said so. */
  said(word: string): Promise<void>
  go(): void
  /** Resolved when it is gone. It is ended when it takes too long. */
  ended(): Promise<Omit<Ended, 'trace'>>
}

export function startChild({ file, ledger, workload, language, rounds = 1, endMsMax }: Job): Promise<Ready> {
  return startProcess(['child.ts', file, ledger, workload, language, String(rounds)], endMsMax)
}

/** Starts a program of this folder. */
export async function startProcess([program = '', ...args]: readonly string[], endMsMax = END_MS_MAX): Promise<Ready> {
  const env = { ...process.env, NODE_COMPILE_CACHE: CACHE_FOLDER }
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...args], { env })
  let [lines, stderr, hung] = ['', '', false]
  child.stdout.on('data', (text: Buffer) => (lines += String(text)))
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)))
  child.stdin.on('error', () => undefined)
  const closed = once(child, 'close')
  const timer = setTimeout(() => {
    hung = true
    child.kill('SIGKILL')
  }, endMsMax)
  async function said(word: string): Promise<void> {
    const gone = closed.then(() => null)
    while (!lines.includes(word))
      if ((await Promise.race([once(child.stdout, 'data'), gone])) === null && !lines.includes(word))
        throw new Error(`The process did not say ${word.trim()}: ${lines}${stderr}`)
  }
  await said('ready\n')
  return {
    child,
    said,
    go: () => void child.stdin.write('g'),
    async ended() {
      await closed
      clearTimeout(timer)
      return { lines, stderr, status: child.exitCode, signal: child.signalCode, hung }
    },
  }
}

/** Runs a job to its end. */
export async function run(job: Job): Promise<Ended> {
  const ready = await startChild(job)
  ready.go()
  return { ...(await ready.ended()), trace: '' }
}

/** Runs a job with its system calls watched, from the moment before it opens its file; `inject` is an expression of strace. */
export async function runTraced(job: Job, calls: readonly string[], inject: string | null): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-trace-'))
  const output = join(folder, 'trace')
  const ready = await startChild(job)
  const { pid } = ready.child
  const injected = inject === null ? [] : ['-e', `inject=${inject}`]
  const args = ['-f', '-y', '-o', output, '-e', `trace=${calls.join(',')}`, ...injected, '-p', String(pid)]
  const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  await attached(tracer)
  ready.go()
  const ended = await ready.ended()
  if (tracer.exitCode === null) await once(tracer, 'exit')
  const trace = existsSync(output) ? readFileSync(output, 'utf8') : ''
  rmSync(folder, { recursive: true })
  return { ...ended, trace }
}

async function attached(tracer: ChildProcess): Promise<void> {
  let said = ''
  const { stderr } = tracer
  if (stderr === null) throw new Error('What strace says is read')
  stderr.on('data', (text: Buffer) => (said += String(text)))
  const gone = once(tracer, 'close').then(
    () => null,
    (error: unknown) => {
      said = String(error)
      return null
    },
  )
  while (!said.includes('attached'))
    if ((await Promise.race([once(stderr, 'data'), gone])) === null)
      throw new Error(`strace cannot hold on to a process: ${said}`)
}
