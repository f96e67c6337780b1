// One run of a script in Monty, a subset of Python. What it cannot do is told as `unfit`, and nothing has happened.
import { Monty, MontyError, MontyRuntimeError } from '@pydantic/monty'
import { isRecord, type Json } from '../../lib/json.ts'
import type { CodeEnd, Logs } from '../code-runner.ts'
import { answerBytesMax, logBytesMax } from './bounds.ts'

export type MontyTask = {
  readonly code: string
  readonly input: Json
  readonly timeoutMs: number
  readonly memoryBytes: number
}

type Raised = Extract<CodeEnd, { kind: 'raised' }>

export type MontyOutcome = { readonly logs: Logs } & (
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'over'; readonly bound: 'timeout_ms' | 'memory_mb' | 'logBytesMax' }
  /** `raised`: as far as Monty knows, the script failed by itself. */
  | { readonly kind: 'unfit'; readonly why: string; readonly raised?: Raised }
)

/** Modules that it has. A script that asks for others may do without them where they are missing, and would not where they are not. */
const OTHER_MODULES = /^\s*(?:import|from)\s+(?!(?:json|math|re|typing|asyncio)\b)/m
const RUN = /^(async\s+)?def\s+run\s*\(/m
const recursionDepthMax = 500
/** Lines at which the last statement may begin that are tried. */
const STARTS_MAX = 100
const FRAMES_TOLD_MAX = 40
/** The value, under a name that no script has. Written by the `json` of Python, which refuses what is no data. */
const VALUE = '_value_of_the_script'
const ANSWER = `
if ${VALUE} is None:
    try:
        ${VALUE} = result
    except NameError:
        pass
import json as _json_of_the_script
_json_of_the_script.dumps(${VALUE})`

export function runInMonty(task: MontyTask): MontyOutcome {
  const printed = createPrinted()
  try {
    if (OTHER_MODULES.test(task.code)) return unfit('Monty has not the modules that it imports')
    const json = run(toProgram(task.code), task, printed.print)
    if (printed.isOver()) return { logs: printed.logs(), kind: 'over', bound: 'logBytesMax' }
    if (json.length > answerBytesMax) return unfit('its value is too large for Monty')
    const value: Json = JSON.parse(json)
    return { logs: printed.logs(), kind: 'value', value }
  } catch (error) {
    if (printed.isOver()) return { logs: printed.logs(), kind: 'over', bound: 'logBytesMax' }
    return endOf(error, task.code, printed.logs())
  }
}

type Print = (stream: string, text: string) => void

function createPrinted(): { readonly print: Print; readonly isOver: () => boolean; readonly logs: () => Logs } {
  const texts: string[] = []
  let characters = 0
  return {
    print(_stream, text) {
      characters += text.length
      // The script can catch it; then the next thing that it prints fails again.
      if (characters > logBytesMax) throw new Error('More is printed than is kept')
      texts.push(text)
    },
    isOver: () => characters > logBytesMax,
    logs: () => ({ stdout: texts.join(''), stderr: '' }),
  }
}

/** The script, and behind it what makes its value by the contracts in their order. */
function toProgram(code: string): string {
  const [isRun, isAsync] = RUN.exec(code) ?? []
  if (isRun !== undefined) return `${code}\n${VALUE} = ${isAsync === undefined ? '' : 'await '}run(input)${LATER}`
  const at = lastStatement(code)
  if (at === null) return `${code}\n${VALUE} = None${ANSWER}`
  const last = code.slice(at)
  // Several statements in one line: only a parser can tell them from a text with a semicolon.
  if (last.includes(';')) throw new Error('Monty cannot tell the statements of its last line apart')
  const value = `${VALUE} = (${last}\n)`
  return (compiles(value) ? `${code.slice(0, at)}${value}` : `${code}\n${VALUE} = None`) + ANSWER
}

/** What `run` gives is the value, nothing too. */
const LATER = ANSWER.slice(ANSWER.indexOf('\nimport'))

/** Where it begins, if there is one: the last line without indent before and behind which there is a program. */
function lastStatement(code: string): number | null {
  const starts = [...code.matchAll(/^[^\s#]/gm)].map(({ index }) => index).slice(-STARTS_MAX)
  return starts.findLast((at) => compiles(code.slice(at)) && compiles(code.slice(0, at))) ?? null
}

function compiles(code: string): boolean {
  try {
    return new Monty(code, { inputs: ['input'] }) instanceof Monty
  } catch {
    return false
  }
}

function run(code: string, { input, timeoutMs, memoryBytes }: MontyTask, print: Print): string {
  const json: unknown = new Monty(code, { inputs: ['input'] }).run({
    inputs: { input: toPython(input) },
    limits: { maxDurationSecs: timeoutMs / 1_000, maxMemory: memoryBytes, maxRecursionDepth: recursionDepthMax },
    printCallback: print,
  })
  return String(json)
}

/** Mappings as mappings, whatever their keys are called. */
function toPython(data: Json): unknown {
  if (Array.isArray(data)) return data.map((item: Json) => toPython(item))
  return isRecord(data) ? new Map(Object.entries(data).map(([key, item]) => [key, toPython(item)])) : data
}

function endOf(error: unknown, code: string, logs: Logs): MontyOutcome {
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof MontyError && text.startsWith('TimeoutError: time limit exceeded'))
    return { logs, kind: 'over', bound: 'timeout_ms' }
  if (error instanceof MontyError && text.startsWith('MemoryError: memory limit exceeded'))
    return { logs, kind: 'over', bound: 'memory_mb' }
  return { ...unfit(text), logs, ...(error instanceof MontyRuntimeError && toRaised(error, code)) }
}

/** Failures by which Monty says what it has not. */
const OWN = ['NotImplementedError', 'ImportError', 'ModuleNotFoundError', 'AttributeError', 'SyntaxError']

function toRaised(error: MontyRuntimeError, code: string): { readonly raised: Raised } | null {
  const { typeName: name, message: value } = error.exception
  if (OWN.includes(name)) return null
  const lines = code.split('\n')
  const frames = error.traceback().flatMap(({ line, functionName }) => {
    const text = lines[line - 1]
    return text === undefined
      ? []
      : [`  File "<code>", line ${line}, in ${functionName ?? '<module>'}\n    ${text.trim()}\n`]
  })
  const traceback = `${frames.slice(0, FRAMES_TOLD_MAX).join('')}${name}: ${value}`
  return { raised: { kind: 'raised', name, value, traceback } }
}

function unfit(why: string): MontyOutcome {
  return { logs: { stdout: '', stderr: '' }, kind: 'unfit', why }
}
