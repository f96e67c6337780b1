// Where code of users runs. JavaScript runs in QuickJS. Python runs in a confined process; where a machine has no room for one,
// scripts that Monty can run do, and all else is refused, unless the operator said that Python may run without a room.
// Python goes before Monty although a process takes 60 ms and Monty 2: Monty 0.0.18 says that [1, 2] < [1, 3] is false.
import { notPlain } from '../../lib/plain-data.ts'
import type { CodeOutcome, CodeTask, RunCode } from '../code-runner.ts'
import { codeRunsMax, logBytesMax } from './bounds.ts'
import { findPython, type FoundPython } from './find-python.ts'
import { createGate } from './gate.ts'
import { createJavaScript } from './javascript.ts'
import { createMonty, type Monty } from './monty.ts'
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
  let hadRoom = false

  async function inPython(task: CodeTask): Promise<CodeOutcome> {
    const found = await (finding ??= findPython(path))
    if ('missing' in found) return inMonty(task, monty, found.missing)
    const outcome = await runPython(task, { python: found.python, isConfined: true })
    if (outcome.kind !== 'unavailable') hadRoom = true
    // A machine that had a room before lacks it for a moment: another place might give another value.
    if (outcome.kind !== 'unavailable' || hadRoom) return outcome
    return python === 'unconfined'
      ? runPython(task, { python: found.python, isConfined: false })
      : inMonty(task, monty, outcome.missing)
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

const noLogs = { stdout: '', stderr: '' }

/** @param missing What a process lacks. */
async function inMonty(task: CodeTask, monty: Monty, missing: string): Promise<CodeOutcome> {
  if (task.form === 'function') return { logs: noLogs, kind: 'unavailable', missing }
  const ended = await monty.run(task)
  const { logs } = ended
  if (ended.kind === 'value') return { logs, kind: 'value', value: ended.value }
  if (ended.kind === 'over') {
    const most = { timeout_ms: task.timeoutMs, memory_mb: task.memoryMb, logBytesMax }
    return { logs, kind: 'over', bound: ended.bound, most: most[ended.bound] }
  }
  if (ended.raised !== undefined) return { logs, ...ended.raised }
  return { logs, kind: 'unavailable', missing: `${missing}; and without that, ${ended.why}` }
}

/** A value that is nested too deep for whatever comes after is none. */
function toData(outcome: CodeOutcome): CodeOutcome {
  const problem = outcome.kind === 'value' ? notPlain(outcome.value, true) : null
  if (problem === null) return outcome
  return { logs: outcome.logs, kind: 'no-data', what: `what is ${problem[0]?.toLowerCase()}${problem.slice(1)}` }
}
