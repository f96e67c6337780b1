// One run of JavaScript in a QuickJS of its own. It ends by itself at its time limit, except inside of one long call of the language.
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core'
import type { CodeEnd, Logs } from '../code-runner.ts'
import { answerBytesMax, bytesPerMb, javascriptStackBytesMax, logBytesMax } from './bounds.ts'
import { isLastExpression } from './last-statement.ts'

export type JavaScriptTask = {
  readonly code: string
  /** JSON. */
  readonly input: string
  readonly timeoutMs: number
  readonly memoryBytes: number
}

/** As it leaves the thread; a value is JSON still. */
export type JavaScriptOutcome = {
  readonly logs: Logs
  readonly end: Exclude<CodeEnd, { kind: 'value' }> | { readonly kind: 'json'; readonly json: string }
}
type End = JavaScriptOutcome['end']

const FILE = '<code>'
/** Jobs between two looks at the clock. */
const JOBS_AT_ONCE = 100
const TRACEBACK_LINES_MAX = 40

/** What the code finds, in its own language: a console, and no way to what prints. */
const CONSOLE = `(print) => {
  const { stringify } = JSON, { apply } = Reflect, { map, join } = Array.prototype
  const text = (value) => {
    if (typeof value === 'string') return value
    if (value instanceof Error) return value.name + ': ' + value.message
    try { return stringify(value) ?? String(value) } catch { return String(value) }
  }
  const to = (isError) => (...values) => print(isError, apply(join, apply(map, values, [(value) => text(value)]), [' ']))
  const [out, err] = [to(false), to(true)]
  globalThis.console = { log: out, info: out, debug: out, warn: err, error: err }
}`

/** How a value becomes JSON; taken before the code could change it. */
const TO_JSON = `(({ stringify }) => (value) => stringify(value) ?? (value === undefined ? 'null' : ''))(JSON)`

export async function runJavaScript(task: JavaScriptTask): Promise<JavaScriptOutcome> {
  const quickjs = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'))
  const runtime = quickjs.newRuntime()
  runtime.setMemoryLimit(task.memoryBytes)
  runtime.setMaxStackSize(javascriptStackBytesMax)
  const clock = stopClock(task.timeoutMs)
  const printed = createPrinted()
  runtime.setInterruptHandler(() => clock.isOver() || printed.isOver())
  const context = runtime.newContext()
  const toJson = context.unwrapResult(context.evalCode(TO_JSON))
  offerConsole(context, printed)
  context.setProp(context.global, 'input', context.unwrapResult(context.evalCode(`(${jsonLiteral(task.input)})`)))
  const end = endOf(() => valueOf(task.code, context, runtime, clock), context, toJson)
  return { logs: printed.logs(), end: boundOf(end, clock, printed, task) }
}

/** JSON as a part of a program: a key `__proto__` there is a key, once it went through `JSON.parse`. */
function jsonLiteral(json: string): string {
  return `JSON.parse(${JSON.stringify(json)})`
}

type Clock = { readonly isOver: () => boolean }

function stopClock(timeoutMs: number): Clock {
  const untilMs = performance.now() + timeoutMs
  return { isOver: () => performance.now() > untilMs }
}

type Printed = {
  readonly print: (isError: boolean, text: string) => void
  readonly isOver: () => boolean
  readonly logs: () => Logs
}

function createPrinted(): Printed {
  const lines = { out: [] as string[], err: [] as string[] }
  let characters = 0
  return {
    print(isError, text) {
      characters += text.length + 1
      if (characters <= logBytesMax) (isError ? lines.err : lines.out).push(`${text}\n`)
    },
    isOver: () => characters > logBytesMax,
    logs: () => ({ stdout: lines.out.join(''), stderr: lines.err.join('') }),
  }
}

function offerConsole(context: QuickJSContext, printed: Printed): void {
  const print = context.newFunction('print', (isError, text) => {
    printed.print(context.dump(isError) === true, context.getString(text))
  })
  const make = context.unwrapResult(context.evalCode(CONSOLE))
  context.unwrapResult(context.callFunction(make, context.undefined, print)).dispose()
}

/** What the code failed with. */
class Raised extends Error {
  readonly error: QuickJSHandle
  constructor(error: QuickJSHandle) {
    super()
    this.error = error
  }
}

/** By the contracts in their order; a promise is waited for. */
function valueOf(code: string, context: QuickJSContext, runtime: QuickJSRuntime, clock: Clock): QuickJSHandle {
  const isExpression = isLastExpression(code, (text) => compiles(text, context))
  const last = got(context.evalCode(code, FILE))
  const settle = (value: QuickJSHandle): QuickJSHandle => settled(value, context, runtime, clock)
  const run = named('run', context)
  if (context.typeof(run) === 'function')
    return settle(got(context.callFunction(run, context.undefined, context.getProp(context.global, 'input'))))
  const value = isExpression ? settle(last) : context.undefined
  return isNothing(value, context) ? settle(named('result', context)) : value
}

function compiles(text: string, context: QuickJSContext): boolean {
  const result = context.evalCode(text, FILE, { compileOnly: true })
  const isCompiled = result.error === undefined
  result.dispose()
  return isCompiled
}

/** What the code calls by that name, whether it is a property of the global object or not. */
function named(name: string, context: QuickJSContext): QuickJSHandle {
  return got(context.evalCode(`typeof ${name} === 'undefined' ? undefined : ${name}`))
}

function isNothing(value: QuickJSHandle, context: QuickJSContext): boolean {
  return context.typeof(value) === 'undefined' || context.sameValue(value, context.null)
}

function settled(value: QuickJSHandle, context: QuickJSContext, runtime: QuickJSRuntime, clock: Clock): QuickJSHandle {
  while (runtime.hasPendingJob() && !clock.isOver()) {
    const done = runtime.executePendingJobs(JOBS_AT_ONCE)
    if (done.error !== undefined) throw new Raised(done.error)
  }
  if (clock.isOver()) throw new Raised(context.null)
  const state = context.getPromiseState(value)
  if (state.type === 'fulfilled') return state.value
  if (state.type === 'rejected') throw new Raised(state.error)
  throw new Raised(got(context.evalCode(`new Error('The promise never settles: nothing here can wait')`)))
}

function got(result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
  if (result.error !== undefined) throw new Raised(result.error)
  return result.value
}

function endOf(run: () => QuickJSHandle, context: QuickJSContext, toJson: QuickJSHandle): End {
  try {
    const json = context.getString(got(context.callFunction(toJson, context.undefined, run())))
    if (json === '') return { kind: 'no-data', what: 'a function or a symbol' }
    if (json.length > answerBytesMax) return { kind: 'over', bound: 'answerBytesMax', most: answerBytesMax }
    return { kind: 'json', json }
  } catch (error) {
    return error instanceof Raised ? raised(error.error, context) : broken(error)
  }
}

/** QuickJS itself did not hold. Its parser takes more of the stack of the thread than it counts. */
function broken(error: unknown): End {
  return error instanceof RangeError && error.message.includes('call stack')
    ? { kind: 'over', bound: 'javascriptStackBytesMax', most: javascriptStackBytesMax }
    : { kind: 'died', how: String(error) }
}

function raised(error: QuickJSHandle, context: QuickJSContext): End {
  const text = (key: string): string => {
    const value = context.getProp(error, key)
    return context.typeof(value) === 'string' ? context.getString(value) : ''
  }
  try {
    if (context.typeof(error) !== 'object' || context.sameValue(error, context.null))
      return { kind: 'raised', name: 'Error', value: context.getString(error), traceback: '' }
    return { kind: 'raised', name: text('name'), value: text('message'), traceback: ownLines(text('stack')) }
  } catch (cause) {
    return broken(cause)
  }
}

/** The lines that are of the code itself. */
function ownLines(stack: string): string {
  const lines = stack.split('\n').filter((line) => line.includes(FILE))
  return lines.slice(0, TRACEBACK_LINES_MAX).join('\n')
}

/** Code that was stopped fails in words of QuickJS: what stopped it is told in their place. */
function boundOf(end: End, clock: Clock, printed: Printed, { timeoutMs, memoryBytes }: JavaScriptTask): End {
  if (printed.isOver()) return { kind: 'over', bound: 'logBytesMax', most: logBytesMax }
  if (end.kind === 'json' || end.kind === 'over') return end
  if (clock.isOver()) return { kind: 'over', bound: 'timeout_ms', most: timeoutMs }
  const isMemory = end.kind === 'raised' && end.name === 'InternalError' && end.value === 'out of memory'
  return isMemory ? { kind: 'over', bound: 'memory_mb', most: memoryBytes / bytesPerMb } : end
}
