// Where code of users runs. Python goes to Monty where that can do it, else to a confined process; JavaScript to QuickJS.
// Where there is no place that holds code it is refused, unless the operator said that Python may run without one.
import { notPlain } from '../../lib/plain-data.ts'
import type { CodeEnd, CodeOutcome, CodeTask, RunCode } from '../code-runner.ts'
import { codeRunsMax, logBytesMax } from './bounds.ts'
import { findPython, type FoundPython } from './find-python.ts'
import { createGate } from './gate.ts'
import { createJavaScript } from './javascript.ts'
import { createMonty } from './monty.ts'
import type { MontyOutcome } from './monty-run.ts'
import { runPython } from './python-process.ts'

export type SandboxOptions = {
  /** `unconfined`: where no room can be had, Python runs in a process with limits, and sees the machine. */
  readonly python: 'confined' | 'unconfined'
  /** Folders that Python is looked for in, as in `PATH`. */
  readonly path: string
}

export type Sandbox = { readonly run: RunCode; close(): void }

export function createSandbox({ python, path }: SandboxOptions): Sandbox {
  const monty = createMonty()
  const javascript = createJavaScript()
  const gate = createGate(codeRunsMax)
  let finding: Promise<FoundPython> | null = null
  let hasRoom = true

  async function inProcess(task: CodeTask): Promise<CodeOutcome> {
    const found = await (finding ??= findPython(path))
    if ('missing' in found) return { logs: noLogs, kind: 'unavailable', missing: found.missing }
    if (hasRoom || python === 'confined') {
      const outcome = await runPython(task, { python: found.python, isConfined: true })
      if (outcome.kind !== 'unavailable' || python === 'confined') return outcome
      hasRoom = false
    }
    return runPython(task, { python: found.python, isConfined: false })
  }

  async function inPython(task: CodeTask): Promise<CodeOutcome> {
    const tried: MontyOutcome = task.form === 'script' ? await monty.run(task) : noScript
    if (tried.kind !== 'unfit') return toOutcome(tried, task)
    const outcome = await inProcess(task)
    if (outcome.kind === 'unavailable' && tried.raised !== undefined) return { logs: tried.logs, ...tried.raised }
    return outcome.kind === 'unavailable' ? { ...outcome, missing: `${outcome.missing}; Monty: ${tried.why}` } : outcome
  }

  return {
    async run(task) {
      const run = task.language === 'python' ? inPython : javascript.run
      return toData(await gate(() => run(task), task.signal))
    },
    close() {
      monty.close()
      javascript.close()
    },
  }
}

/** A value that is nested too deep for whatever comes after is none. */
function toData(outcome: CodeOutcome): CodeOutcome {
  const problem = outcome.kind === 'value' ? notPlain(outcome.value, true) : null
  return problem === null
    ? outcome
    : { logs: outcome.logs, kind: 'no-data', what: `what is ${problem[0]?.toLowerCase()}${problem.slice(1)}` }
}

const noLogs = { stdout: '', stderr: '' }
const noScript: MontyOutcome = { logs: noLogs, kind: 'unfit', why: 'a stored function is no script' }

function toOutcome(ended: Exclude<MontyOutcome, { kind: 'unfit' }>, task: CodeTask): CodeOutcome {
  return { logs: ended.logs, ...toEnd(ended, task) }
}

function toEnd(ended: Exclude<MontyOutcome, { kind: 'unfit' }>, { timeoutMs, memoryMb }: CodeTask): CodeEnd {
  if (ended.kind === 'value') return { kind: 'value', value: ended.value }
  const most = { timeout_ms: timeoutMs, memory_mb: memoryMb, logBytesMax }
  return { kind: 'over', bound: ended.bound, most: most[ended.bound] }
}
