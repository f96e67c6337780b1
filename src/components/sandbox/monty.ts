// Runs scripts in Monty, in a process that is kept for the next: it starts once, and then a script takes a millisecond.
import { type ChildProcess, fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CodeTask } from '../code-runner.ts'
import { bytesPerMb } from './bounds.ts'
import { missingOf } from './installed.ts'
import { createKept } from './kept.ts'
import type { MontyOutcome, MontyTask } from './monty-run.ts'

export type Monty = {
  /** `unfit` where Monty is not installed, too. */
  run(task: CodeTask): Promise<MontyOutcome>
  close(): void
}

const idleMax = 1
/** Monty stops at its limits by itself; one that does not is stopped. */
const graceMs = 1_000

export function createMonty(): Monty {
  const kept = createKept(
    { start, isAlive: ({ connected }) => connected, hold, end: (child) => child.kill('SIGKILL') },
    idleMax,
  )
  return {
    async run(task) {
      if (missingOf(['@pydantic/monty']).length > 0)
        return unfit('@pydantic/monty is not installed, which runs many scripts')
      try {
        return await kept.use(
          (child) => ask(child, task),
          ({ kind }) => kind !== 'over',
        )
      } catch (error) {
        task.signal.throwIfAborted()
        return unfit(error instanceof Error ? error.message : String(error))
      }
    },
    close: () => kept.close(),
  }
}

function start(): ChildProcess {
  // Found beside this file as a source, in the library and in the bundle.
  const file = fileURLToPath(new URL(`./monty-process${extname(import.meta.url)}`, import.meta.url))
  const child = fork(file, { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  // Whoever waits for it listens too; one that is ended may fail once more.
  return child.on('error', () => {})
}

function hold(child: ChildProcess, isHeld: boolean): void {
  for (const one of [child, child.channel]) {
    if (isHeld) one?.ref()
    else one?.unref()
  }
}

async function ask(child: ChildProcess, task: CodeTask): Promise<MontyOutcome> {
  const { code, input, timeoutMs, memoryMb, signal } = task
  const { promise, resolve, reject } = Promise.withResolvers<MontyOutcome>()
  const gone = (): void => reject(new Error('Monty cannot read it'))
  const abort = (): void => reject(signal.reason)
  const late: MontyOutcome = { logs: { stdout: '', stderr: '' }, kind: 'over', bound: 'timeout_ms' }
  const timer = setTimeout(resolve, timeoutMs + graceMs, late)
  child.once('message', resolve).once('exit', gone).once('error', gone)
  signal.addEventListener('abort', abort, { once: true })
  const asked: MontyTask = { code, input, timeoutMs, memoryBytes: memoryMb * bytesPerMb }
  try {
    if (signal.aborted) abort()
    else child.send(asked, (error) => error === null || reject(error))
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    child.off('message', resolve).off('exit', gone).off('error', gone)
  }
}

function unfit(why: string): MontyOutcome {
  return { logs: { stdout: '', stderr: '' }, kind: 'unfit', why }
}
