// One run of a script in Monty. What Monty cannot do, or does not do as Python does, is told as `unfit`, and nothing has happened.
import { Monty, MontyError } from '@pydantic/monty'
import type { Logs } from '../code-runner.ts'
import { answerBytesMax, logBytesMax } from './bounds.ts'

export type MontyTask = {
  readonly code: string
  /** JSON. */
  readonly input: string
  readonly timeoutMs: number
  readonly memoryBytes: number
}

export type MontyOutcome = { readonly logs: Logs } & (
  | { readonly kind: 'json'; readonly json: string }
  | { readonly kind: 'over'; readonly bound: 'timeout_ms' | 'memory_mb' | 'logBytesMax' }
  | { readonly kind: 'unfit'; readonly why: string }
)

/** Modules that it has. A script that asks for others may do without them where they are missing, and would not where they are not. */
const MODULES = /^\s*(?:import|from)\s+(?!(?:json|math|re|typing|asyncio)\b)/m
const HAS_RUN = /^(?:async\s+)?def\s+run\s*\(/m
const recursionDepthMax = 500

export function runInMonty(task: MontyTask): MontyOutcome {
  const printed: string[] = []
  try {
    if (MODULES.test(task.code)) return unfit('It imports modules that are not there')
    const value = valueOf(task, printed)
    const logs = { stdout: printed.join(''), stderr: '' }
    const json = JSON.stringify(toData(value))
    return json.length > answerBytesMax ? unfit('Its value is large') : { logs, kind: 'json', json }
  } catch (error) {
    return endOf(error, { stdout: printed.join(''), stderr: '' })
  }
}

/** By the contracts in their order. A second run of the same script does the same: it touches nothing. */
function valueOf(task: MontyTask, printed: string[]): unknown {
  const { code } = task
  if (HAS_RUN.test(code))
    return run(`${code}\n${/^async\s+def\s+run\b/m.test(code) ? 'await ' : ''}run(input)`, task, printed)
  const last = run(code, task, printed)
  return last === null && /\bresult\b/.test(code) ? run(`${code}\nresult`, task, []) : last
}

function run(code: string, { input, timeoutMs, memoryBytes }: MontyTask, printed: string[]): unknown {
  let characters = 0
  const given: unknown = JSON.parse(input)
  return new Monty(code, { inputs: ['input'] }).run({
    inputs: { input: given },
    limits: { maxDurationSecs: timeoutMs / 1_000, maxMemory: memoryBytes, maxRecursionDepth: recursionDepthMax },
    printCallback(_stream: string, text: string) {
      characters += text.length
      if (characters > logBytesMax) throw new TooMuch()
      printed.push(text)
    },
  })
}

class TooMuch extends Error {}
class Unfit extends Error {}

function endOf(error: unknown, logs: Logs): MontyOutcome {
  if (error instanceof TooMuch) return { logs, kind: 'over', bound: 'logBytesMax' }
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof MontyError && text.startsWith('TimeoutError: time limit exceeded'))
    return { logs, kind: 'over', bound: 'timeout_ms' }
  if (error instanceof MontyError && text.startsWith('MemoryError: memory limit exceeded'))
    return { logs, kind: 'over', bound: 'memory_mb' }
  return unfit(text)
}

function unfit(why: string): MontyOutcome {
  return { logs: { stdout: '', stderr: '' }, kind: 'unfit', why }
}

/** What Monty gives for a value of Python, as plain data. */
function toData(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Unfit('A number has no form in JSON')
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, toData)
  if (!(value instanceof Map)) throw new Unfit('A value is of a type of its own')
  return Object.fromEntries([...value].map(([key, item]) => [toKey(key), toData(item)]))
}

function toKey(key: unknown): string {
  if (typeof key !== 'string') throw new Unfit('A key is no text')
  return key
}
