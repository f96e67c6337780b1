// Expressions as closures: the one evaluator. A closure answers a value, `undefined`, or why there is none yet or ever.
// E1  Members of a list or mapping are asked independently; when they differ: pending, missing, failed, skipped; the first wins.
// E2  A branch that is not taken is never asked: it reads nothing and waits for nothing.
// E3  Asking changes nothing but the notes in `Env`: the same question on the same state has the same answer.
import { unreachable } from '../lib/assert.ts'
import { parseOrText, setOwn } from '../lib/json.ts'
import { notPlain } from '../lib/plain-data.ts'
import { aCause, type Cause, type ErrorInfo, publishedError } from './cause.ts'
import {
  fail,
  FAILED,
  isStop,
  isTrue,
  MISSING,
  PENDING,
  SKIPPED,
  type Answer,
  type Env,
  type Evaluate,
  type Stop,
} from './env.ts'
import type { Condition, Expr, Lookup, OutputRef, Pick, StateRef, StepIndex, Template } from './expr.ts'
import { isList, Sealed, Spilled, type Value } from './leaf.ts'
import { compileFind, isWholeLookup, load, type Find } from './lookup.ts'
import {
  FAILED as STEP_FAILED,
  PENDING as STEP_PENDING,
  SKIPPED as STEP_SKIPPED,
  STATUS_NAMES,
  SUCCESS,
} from './status.ts'

/** Compiles templates and conditions (`templates.ts`). An argument, so that a process whose plans have none does not load it. */
export type Texts = {
  readonly compileTemplate: (expr: Template, compile: (part: Expr) => Evaluate) => Evaluate
  readonly compileCondition: (expr: Condition, compile: (part: Expr) => Evaluate) => Evaluate
}

/** What linking an expression needs to know of its plan. */
export type Names = {
  readonly stepId: (step: number) => string
  readonly variableDefault: (name: string) => Value | undefined
  readonly texts: () => Texts
  /** The first of all equal parts of a plan, by a text that tells them apart: a long plan stays small, and near in memory. */
  readonly shared: <Part>(kind: string, text: string, make: () => Part) => Part
}

/** The closure of `expr`. */
export function compile(expr: Expr, names: Names): Evaluate {
  switch (expr.kind) {
    case 'literal': {
      const value = deepFreeze(expr.value)
      return () => value
    }
    case 'list':
      return compileList(expr.items.map((item) => compile(item, names)))
    case 'list-of':
      return compileListOf(compile(expr.of, names))
    case 'record':
      return compileRecord(
        sharedKeys(expr.entries, names),
        expr.entries.map(([, value]) => compile(value, names)),
      )
    case 'input':
      return expr.otherwise === undefined
        ? compileRead(expr.at, readInput, 'in the input')
        : compileArgument(compileRead(expr.at, readInput, ''), compile(expr.otherwise, names))
    case 'item':
      return compileRead(expr.at, readItem, 'in the item')
    case 'index':
      return readIndex
    case 'loop':
      return readLoop
    case 'template':
      return names.texts().compileTemplate(expr, (part) => compile(part, names))
    case 'condition':
      return names.texts().compileCondition(expr, (part) => compile(part, names))
    case 'state':
      return compileState(expr)
    case 'pick':
      return compilePick(expr, names)
    case 'output':
      return compileOutput(expr, names)
    case 'variable':
      return compileVariable(expr, names)
    case 'if':
      return compileIf(expr, names)
    case 'coalesce':
      return compileCoalesce(expr.members.map((member) => compile(member, names)))
    default:
      return unreachable(expr)
  }
}

function compileList(parts: readonly Evaluate[]): Evaluate {
  return (env) => {
    const values: Value[] = []
    let stop: Stop | null = null
    let cause: Cause | null = null
    for (const part of parts) {
      const answer = part(env)
      if (!isStop(answer)) values.push(answer === undefined ? null : answer)
      else if (stop === null || answer.rank > stop.rank) {
        stop = answer
        cause = env.cause
      }
    }
    if (stop === null) return values
    env.cause = cause
    return stop
  }
}

function compileListOf(whole: Evaluate): Evaluate {
  return (env) => {
    const answer = whole(env)
    const value = answer instanceof Spilled ? load(env, answer) : answer
    if (typeof value === 'string') return listIn(value) ?? value
    return isMapping(value) ? fail(env, 'FOREACH_NOT_ARRAY', NOT_A_MAPPING) : value
  }
}

const NOT_A_MAPPING = 'A loop needs a list, and its items are a mapping: take .items() of it for its keys and values'

function isMapping(answer: Answer): boolean {
  if (typeof answer !== 'object' || answer === null || isStop(answer)) return false
  return !isList(answer) && !(answer instanceof Sealed)
}

const FENCED = /^```[A-Za-z]*\r?\n([^]*)\n```$/

/** The list whose JSON `text` is; `null` where it is none. */
function listIn(text: string): readonly Value[] | null {
  const trimmed = text.trim()
  const json = (FENCED.exec(trimmed)?.[1] ?? trimmed).trim()
  if (!json.startsWith('[')) return null
  const read = parseOrText(json)
  return Array.isArray(read) && notPlain(read, true) === null ? read : null
}

function compileRecord(keys: readonly string[], parts: readonly Evaluate[]): Evaluate {
  return (env) => {
    const record: { [key: string]: Value } = {}
    let stop: Stop | null = null
    let cause: Cause | null = null
    for (let index = 0; index < parts.length; index += 1) {
      const answer = parts[index]?.(env)
      if (!isStop(answer)) setOwn(record, keys[index] ?? '', answer === undefined ? null : answer)
      else if (stop === null || answer.rank > stop.rank) {
        stop = answer
        cause = env.cause
      }
    }
    if (stop === null) return record
    env.cause = cause
    return stop
  }
}

function compileOutput(ref: OutputRef, names: Names): Evaluate {
  const { of, ifSkipped, ifFailed, nullHasAllPaths } = ref
  const fallback = typeof ifSkipped === 'string' ? null : compile(ifSkipped, names)
  const isWhole = isWholeLookup(ref.at)
  const find = findInOutput(ref.at, names)
  return (env) => {
    const status = env.scope.status[of]
    if (status === SUCCESS) {
      const output = env.scope.outputs[of]
      if (isWhole || (output === null && nullHasAllPaths)) return output
      return find(env, output, of)
    }
    if (status === STEP_SKIPPED) {
      if (fallback !== null) return fallback(env)
      return ifSkipped === 'undefined' ? undefined : inherited(env, of, SKIPPED)
    }
    if (status === STEP_FAILED) return ifFailed === 'undefined' ? undefined : inherited(env, of, FAILED)
    return pending(env, of, fallback !== null)
  }
}

/** Notes what is waited for, and whether its end alone may change the answer. */
function pending(env: Env, of: StepIndex, decides = false): Stop {
  env.pendSteps.push(of)
  env.pendDecides.push(env.deciding || decides)
  return PENDING
}

function findInOutput(at: Lookup, { shared, stepId }: Names): Find {
  const where = (of: number): string => `in the output of "${stepId(of)}"`
  return shared('find', JSON.stringify([at.paths, at.text]), () => compileFind(at, where))
}

function sharedKeys(entries: readonly (readonly [key: string, value: Expr])[], { shared }: Names): readonly string[] {
  const keys = entries.map(([key]) => key)
  return shared('keys', JSON.stringify(keys), () => keys)
}

/** The reader's cause when its source was skipped or failed: it names the step where that began. */
function inherited(env: Env, of: StepIndex, stop: Stop): Stop {
  const source = env.scope.causes.get(of) ?? null
  const origin = source?.origin ?? of
  env.cause =
    stop === SKIPPED
      ? aCause('dependency-skipped', { origin })
      : aCause('dependency-failed', { origin, error: source?.error ?? null })
  return stop
}

function compileState({ of, field }: StateRef): Evaluate {
  return (env) => {
    const status = env.scope.status[of] ?? STEP_PENDING
    if (status < SUCCESS) return pending(env, of)
    return field === 'status' ? (STATUS_NAMES[status] ?? null) : toValue(env.scope.causes.get(of)?.error)
  }
}

function toValue(error: ErrorInfo | null | undefined): Value {
  if (error === null || error === undefined) return null
  const { code, message, data = null } = error
  return { code, message, data, ...publishedError(error) }
}

function compilePick({ outputs, sinks }: Pick, names: Names): Evaluate {
  return (env) => {
    const { status, outputs: values } = env.scope
    const isOpen = (step: StepIndex): boolean => (status[step] ?? STEP_PENDING) < SUCCESS
    const open = [...outputs, ...sinks].find(isOpen)
    if (open !== undefined) return pending(env, open)
    const succeeded = (step: StepIndex): boolean => status[step] === SUCCESS
    const given = outputs.filter(succeeded)
    if (given.length > 1) return Object.fromEntries(given.map((step) => [names.stepId(step), values[step] ?? null]))
    const picked = given[0] ?? sinks.findLast(succeeded)
    return picked === undefined ? null : values[picked]
  }
}

function compileVariable(expr: Extract<Expr, { kind: 'variable' }>, names: Names): Evaluate {
  const { name } = expr
  const fallback = names.variableDefault(name)
  const otherwise = expr.otherwise === null ? null : compile(expr.otherwise, names)
  const find = compileFind(expr.at, () => `in the variable "${name}"`)
  return (env) => {
    const given = env.scope.variables.get(name)
    if (given === undefined && otherwise !== null) return otherwise(env)
    const value = given === undefined ? fallback : given
    if (value === undefined) return fail(env, 'EXPRESSION_FAILURE', `Undefined variable: ${name}`)
    const found = find(env, value, NO_STEP)
    return found === FAILED && otherwise !== null && env.cause?.error?.code === 'EXPRESSION_FAILURE'
      ? otherwise(env)
      : found
  }
}

function compileIf(expr: Extract<Expr, { kind: 'if' }>, names: Names): Evaluate {
  const condition = compile(expr.condition, names)
  const then = compile(expr.then, names)
  const otherwise = compile(expr.otherwise, names)
  return (env) => {
    const answer = askDeciding(condition, env)
    if (answer === PENDING || answer === MISSING) return answer
    if (answer instanceof Sealed) return fail(env, 'SECRET_OPERATION', 'A secret cannot be a condition')
    return !isStop(answer) && isTrue(answer, expr.truthiness) ? then(env) : otherwise(env)
  }
}

function compileCoalesce(members: readonly Evaluate[]): Evaluate {
  return (env) => {
    for (const member of members) {
      const answer = askDeciding(member, env)
      if (answer !== null && answer !== undefined && answer !== SKIPPED) return answer
    }
    return null
  }
}

function askDeciding(evaluate: Evaluate, env: Env): Answer {
  const before = env.deciding
  env.deciding = true
  const answer = evaluate(env)
  env.deciding = before
  return answer
}

function compileArgument(read: Evaluate, otherwise: Evaluate): Evaluate {
  return (env) => {
    const given = read(env)
    return given === FAILED ? otherwise(env) : given
  }
}

const readInput: (env: Env) => Value = (env) => env.scope.input
const readItem: (env: Env) => Value = (env) => env.item
const readIndex: Evaluate = (env) => env.index
const readLoop: Evaluate = ({ index, count }) => ({
  index: index + 1,
  index0: index,
  revindex: count - index,
  revindex0: count - index - 1,
  first: index === 0,
  last: index === count - 1,
  length: count,
})
const NO_STEP = -1

function compileRead(at: Lookup, root: (env: Env) => Value, where: string): Evaluate {
  if (isWholeLookup(at)) return root
  const find = compileFind(at, () => where)
  return (env) => find(env, root(env), NO_STEP)
}

/** Literals are shared by all runs, so nobody may change them. Their depth is bounded by the text's. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
