// Runs scripts in Monty, in a process that is kept for the next: it starts once, and then a script takes a millisecond.
import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CodeTask } from '../code-runner.ts'
import { bytesPerMb } from './bounds.ts'
import type { MontyOutcome, MontyTask } from './monty-run.ts'

export type Monty = {
  /** `unfit` where Monty is not installed, too. */
  run(task: CodeTask): Promise<MontyOutcome>
  close(): void
}

/** Processes that are kept while there is nothing to do. */
const idleMax = 1
/** Monty stops at its limits by itself; whoever does not is stopped. */
const graceMs = 1_000

export function createMonty(): Monty {
  const idle = new Set<ChildProcess>()
  let isInstalled: boolean | null = null

  function take(): ChildProcess {
    const [kept] = idle
    if (kept === undefined) return start()
    idle.delete(kept)
    hold(kept, true)
    return kept
  }

  function giveBack(child: ChildProcess): void {
    if (idle.size >= idleMax || !child.connected) return void child.kill('SIGKILL')
    hold(child, false)
    idle.add(child)
  }

  return {
    async run(task) {
      isInstalled ??= canResolve('@pydantic/monty')
      if (!isInstalled) return unfit('@pydantic/monty is not installed')
      const child = take()
      try {
        const outcome = await ask(child, task)
        giveBack(child)
        return outcome
      } catch (error) {
        child.kill('SIGKILL')
        task.signal.throwIfAborted()
        return unfit(String(error))
      }
    },
    close() {
      for (const child of idle) child.kill('SIGKILL')
      idle.clear()
    },
  }
}

function start(): ChildProcess {
  // Found beside this file as a source, in the library and in the bundle.
  const file = fileURLToPath(new URL(`./monty-process${extname(import.meta.url)}`, import.meta.url))
  return fork(file, { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
}

/** Whether the process keeps ours from ending. */
function hold(child: ChildProcess, isHeld: boolean): void {
  for (const one of [child, child.channel]) {
    if (isHeld) one?.ref()
    else one?.unref()
  }
}

async function ask(child: ChildProcess, task: CodeTask): Promise<MontyOutcome> {
  const { code, input, timeoutMs, memoryMb, signal } = task
  const { promise, resolve, reject } = Promise.withResolvers<MontyOutcome>()
  const late = (): void => resolve({ logs: { stdout: '', stderr: '' }, kind: 'over', bound: 'timeout_ms' })
  const gone = (): void => reject(new Error('Monty ended'))
  const abort = (): void => reject(signal.reason)
  const timer = setTimeout(late, timeoutMs + graceMs)
  child.once('message', resolve).once('exit', gone).once('error', gone)
  signal.addEventListener('abort', abort, { once: true })
  const asked: MontyTask = { code, input: JSON.stringify(input), timeoutMs, memoryBytes: memoryMb * bytesPerMb }
  try {
    if (!signal.aborted) child.send(asked)
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

function canResolve(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}
