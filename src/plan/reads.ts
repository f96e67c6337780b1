// Expressions that read something: the output or the end of another step, a variable, the input, the item of a loop.
import { aCause, type ErrorInfo, publishedError } from './cause.ts'
import { fail, FAILED, PENDING, SKIPPED, type Env, type Evaluate, type Stop } from './env.ts'
import type { Expr, Lookup, OutputRef, Pick, StateRef, StepIndex } from './expr.ts'
import type { Value } from './leaf.ts'
import { compileFind, isWholeLookup, type Find } from './lookup.ts'
import type { Names } from './names.ts'
import {
  FAILED as STEP_FAILED,
  PENDING as STEP_PENDING,
  SKIPPED as STEP_SKIPPED,
  STATUS_NAMES,
  SUCCESS,
} from './status.ts'

/** Compiles a part of an expression. */
type Compile = (part: Expr) => Evaluate

/** Reads the output of another step. */
export function compileOutput(ref: OutputRef, names: Names, compile: Compile): Evaluate {
  const { of, ifSkipped, ifFailed, nullHasAllPaths } = ref
  const fallback = typeof ifSkipped === 'string' ? null : compile(ifSkipped)
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

/** How another step ended. */
export function compileState({ of, field }: StateRef): Evaluate {
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

/** What the last steps gave. */
export function compilePick({ outputs, sinks }: Pick, names: Names): Evaluate {
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

/** Reads a variable of the run. */
export function compileVariable(expr: Extract<Expr, { kind: 'variable' }>, names: Names, compile: Compile): Evaluate {
  const { name } = expr
  const fallback = names.variableDefault(name)
  const otherwise = expr.otherwise === null ? null : compile(expr.otherwise)
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

/** Reads the input of the flow. */
export function compileInput({ at, otherwise }: Extract<Expr, { kind: 'input' }>, compile: Compile): Evaluate {
  const read = compileRead(at, (env) => env.scope.input, 'in the input')
  if (otherwise === undefined) return read
  const other = compile(otherwise)
  return (env) => {
    const given = read(env)
    return given === FAILED ? other(env) : given
  }
}

/** Reads the item of a loop. */
export function compileItem(at: Lookup): Evaluate {
  return compileRead(at, (env) => env.item, 'in the item')
}

export const readIndex: Evaluate = (env) => env.index
export const readLoop: Evaluate = ({ index, count }) => ({
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
