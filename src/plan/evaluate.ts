// Expressions as closures: the one evaluator. A closure answers a value, `undefined`, or why there is none yet or ever.
// E1  Members of a list or mapping are asked independently; when they differ: pending, missing, failed, skipped; the first wins.
// E2  A branch that is not taken is never asked: it reads nothing and waits for nothing.
// E3  Asking changes nothing but the notes in `Env`: the same question on the same state has the same answer.
import { unreachable } from '../lib/assert.ts'
import { setOwn } from '../lib/json.ts'
import { aCause, type Cause } from './cause.ts'
import type { Expr, Lookup, OutputRef, Path, Segment, StepIndex, Truthiness } from './expr.ts'
import { isList, Sealed, Spilled, type Value } from './leaf.ts'
import { FAILED as STEP_FAILED, SKIPPED as STEP_SKIPPED, SUCCESS } from './status.ts'

/** Why an expression has no value. The details are in `Env`. */
export class Stop {
  readonly rank: number
  constructor(rank: number) {
    this.rank = rank
  }
}
/** Steps in `pendSteps` must end first. */
export const PENDING: Stop = new Stop(3)
/** Large values in `missing` must be loaded first. */
export const MISSING: Stop = new Stop(2)
/** It cannot be computed: `cause`. */
export const FAILED: Stop = new Stop(1)
/** It reads a skipped step: `cause`. */
export const SKIPPED: Stop = new Stop(0)

export type Answer = Value | undefined | Stop
export type Evaluate = (env: Env) => Answer

/** What expressions read of a frame. */
export type Scope = {
  readonly input: Value
  readonly status: Uint8Array
  readonly outputs: readonly (Value | undefined)[]
  readonly causes: { get(step: number): Cause | undefined }
  readonly variables: ReadonlyMap<string, Value>
}

/** Where an expression is asked, and what it notes while it answers. One object per run, used again and again. */
export class Env {
  scope: Scope
  item: Value = null
  index = -1
  readonly loaded: Map<string, Value> = new Map()
  /** Whether a large value was looked into. */
  usedLoaded = false
  cause: Cause | null = null
  pendSteps: number[] = []
  /** Beside `pendSteps`: whether the answer may change before all of them have ended. */
  pendDecides: boolean[] = []
  missing: string[] = []
  deciding = false
  constructor(scope: Scope) {
    this.scope = scope
  }
}

/** Asks `evaluate` in `scope`, with clean notes. */
export function ask(evaluate: Evaluate, env: Env, scope: Scope, item: Value = null, index = -1): Answer {
  env.scope = scope
  env.item = item
  env.index = index
  if (env.pendSteps.length > 0) {
    env.pendSteps = []
    env.pendDecides = []
  }
  if (env.missing.length > 0) env.missing = []
  return evaluate(env)
}

export function isStop(answer: unknown): answer is Stop {
  return answer === PENDING || answer === MISSING || answer === FAILED || answer === SKIPPED
}

/** Whether `value` counts as true. A sealed value must not be asked. */
export function isTrue(value: Value | undefined, truthiness: Truthiness): boolean {
  if (value === undefined || value === null || value === false) return false
  return truthiness === 'some' || (value !== 0 && value !== '')
}

/** What linking an expression needs to know of its plan. */
export type Names = {
  readonly stepId: (step: StepIndex) => string
  readonly variableDefault: (name: string) => Value | undefined
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
    case 'record':
      return compileRecord(
        expr.entries.map(([key]) => key),
        expr.entries.map(([, value]) => compile(value, names)),
      )
    case 'input':
      return compileRead(expr.at, (env) => env.scope.input, 'in the input')
    case 'item':
      return compileRead(expr.at, (env) => env.item, 'in the item')
    case 'index':
      return (env) => env.index
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
  const id = names.stepId(of)
  const fallback = typeof ifSkipped === 'string' ? null : compile(ifSkipped, names)
  const isWhole = isWholeLookup(ref.at)
  const find = compileFind(ref.at, `in the output of "${id}"`)
  return (env) => {
    const status = env.scope.status[of]
    if (status === SUCCESS) {
      const output = env.scope.outputs[of]
      if (isWhole || (output === null && nullHasAllPaths)) return output
      return find(env, output)
    }
    if (status === STEP_SKIPPED) {
      if (fallback !== null) return fallback(env)
      return ifSkipped === 'undefined' ? undefined : inherited(env, of, SKIPPED)
    }
    if (status === STEP_FAILED) return ifFailed === 'undefined' ? undefined : inherited(env, of, FAILED)
    env.pendSteps.push(of)
    env.pendDecides.push(env.deciding || fallback !== null)
    return PENDING
  }
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

function compileVariable(expr: Extract<Expr, { kind: 'variable' }>, names: Names): Evaluate {
  const { name } = expr
  const fallback = names.variableDefault(name)
  const otherwise = expr.otherwise === null ? null : compile(expr.otherwise, names)
  const find = compileFind(expr.at, `in the variable "${name}"`)
  return (env) => {
    const given = env.scope.variables.get(name)
    if (given === undefined && otherwise !== null) return otherwise(env)
    const value = given === undefined ? fallback : given
    if (value === undefined) return fail(env, 'EXPRESSION_FAILURE', `Undefined variable: ${name}`)
    const found = find(env, value)
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

function compileRead(at: Lookup, root: (env: Env) => Value, where: string): Evaluate {
  if (isWholeLookup(at)) return root
  const find = compileFind(at, where)
  return (env) => find(env, root(env))
}

function isWholeLookup(at: Lookup): boolean {
  return at.paths.length === 1 && at.paths[0]?.length === 0
}

/** Looks along the paths of `at`, the first that is found wins. */
function compileFind(at: Lookup, where: string): (env: Env, root: Value | undefined) => Answer {
  const { paths, text } = at
  return (env, root) => {
    for (const path of paths) {
      const found = follow(env, root, path)
      if (found !== undefined) return found
    }
    return fail(env, 'EXPRESSION_FAILURE', `Path ${text} not found ${where}${keysOf(root)}`)
  }
}

/** The value at `path`; `undefined` where there is none. */
function follow(env: Env, root: Value | undefined, path: Path): Answer {
  let value = root
  for (const segment of path) {
    const whole: Value | undefined = value instanceof Spilled ? load(env, value) : value
    if (whole === MISSING_VALUE) return MISSING
    if (whole instanceof Sealed)
      return fail(env, 'SECRET_OPERATION', 'A secret can be passed on, but nothing can be read out of it')
    value = partOf(whole, segment)
    if (value === undefined) return undefined
  }
  return value
}

function partOf(value: Value | undefined, segment: Segment): Value | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Sealed || value instanceof Spilled)
    return undefined
  if (isList(value)) return typeof segment === 'number' ? value[segment] : undefined
  return typeof segment === 'string' && Object.hasOwn(value, segment) ? value[segment] : undefined
}

// Stands for a value that is not loaded, inside `follow` alone.
const MISSING_VALUE: Value = Object.freeze({})

function load(env: Env, leaf: Spilled): Value {
  const value = env.loaded.get(leaf.hash)
  env.usedLoaded = true
  if (value !== undefined) return value
  env.missing.push(leaf.hash)
  return MISSING_VALUE
}

const KEYS_SHOWN_MAX = 8

/** What a mapping holds instead, for the message. */
function keysOf(value: Value | undefined): string {
  if (
    value === undefined ||
    value === null ||
    typeof value !== 'object' ||
    value instanceof Sealed ||
    value instanceof Spilled
  )
    return ''
  if (isList(value)) return `, a list of ${value.length}`
  const keys = Object.keys(value)
  if (keys.length === 0) return ', which is empty'
  const more = keys.length > KEYS_SHOWN_MAX ? `, … (${keys.length} in all)` : ''
  return `, which has: ${keys.slice(0, KEYS_SHOWN_MAX).join(', ')}${more}`
}

function fail(env: Env, code: string, message: string): Stop {
  env.cause = aCause('input-failed', { error: { code, message } })
  return FAILED
}

/** Literals are shared by all runs, so nobody may change them. Their depth is bounded by the text's. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
