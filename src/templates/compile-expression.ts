// Expressions as closures. What can be decided before anything renders is decided here.
import { unreachable } from '../lib/assert.ts'
import { attribute, item, slice } from './access.ts'
import type { Arguments, Comparison, Expression } from './ast.ts'
import { compare, contains, isEqual, isTrue } from './compare.ts'
import { applyFilter, applyTest, hasFilter, hasTest, missingFilter, missingTest } from './filters/tables.ts'
import { GLOBALS } from './globals.ts'
import { entriesOf, itemsOf } from './iterate.ts'
import { joinTexts, operate, signed } from './operators.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { asksWhetherDefined, chainOf, isDefault } from './scopes.ts'
import { Callable, Dict, kindOf, type Named, Thing, Tuple, Undefined, UNDEFINED } from './values.ts'
import { textOf } from './print.ts'

/** A compiled expression. */
export type Evaluate = (rt: Runtime) => unknown

/** Which slot a path's beginning is read from, and how many segments that takes. */
export type Bind = (path: readonly (string | number)[]) => { readonly slot: number; readonly taken: number } | null

export type CompileContext = {
  readonly bind: Bind
  /** Whether properties of what is undefined are undefined under `default` and `is defined`, not only an error. */
  readonly hasGuards: boolean
}

/** Compiles `expression`; under a guard, what is missing stays undefined. */
export function compileExpression(expression: Expression, context: CompileContext, isGuarded = false): Evaluate {
  if (expression.kind === 'name' || expression.kind === 'attribute' || expression.kind === 'item')
    return compileChain(expression, context, isGuarded)
  const compile = (part: Expression): Evaluate => compileExpression(part, context)
  const at = expression.span.start
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression
      return () => value
    }
    case 'slice':
      return compileSlice(expression, compile)
    case 'list': {
      const items = expression.items.map(compile)
      return (rt) => {
        rt.tick(items.length)
        return rt.own(items.map((evaluate) => evaluate(rt)))
      }
    }
    case 'tuple': {
      const items = expression.items.map(compile)
      return (rt) => new Tuple(items.map((evaluate) => evaluate(rt)))
    }
    case 'mapping':
      return compileMapping(expression, compile)
    case 'join': {
      const parts = expression.parts.map(compile)
      return (rt) => {
        const values = parts.map((evaluate) => evaluate(rt))
        rt.at = at
        return joinTexts(rt, values)
      }
    }
    case 'binary': {
      const [left, right] = [compile(expression.left), compile(expression.right)]
      const { operator } = expression
      return (rt) => {
        const a = left(rt)
        const b = right(rt)
        rt.at = at
        rt.tick()
        return operate(rt, operator, a, b)
      }
    }
    case 'negative':
    case 'positive': {
      const of = compile(expression.of)
      const isNegative = expression.kind === 'negative'
      return (rt) => {
        const value = of(rt)
        rt.at = at
        return signed(rt, value, isNegative)
      }
    }
    case 'not': {
      const of = compileExpression(expression.of, context, isGuarded)
      return (rt) => !isTrue(rt, of(rt))
    }
    case 'and': {
      const [left, right] = [compile(expression.left), compile(expression.right)]
      return (rt) => {
        const value = left(rt)
        return isTrue(rt, value) ? right(rt) : value
      }
    }
    case 'or': {
      const [left, right] = [compile(expression.left), compile(expression.right)]
      return (rt) => {
        const value = left(rt)
        return isTrue(rt, value) ? value : right(rt)
      }
    }
    case 'compare':
      return compileComparison(expression, compile)
    case 'if': {
      const [test, then] = [compile(expression.test), compile(expression.then)]
      const otherwise = expression.otherwise === null ? null : compile(expression.otherwise)
      return (rt) => {
        if (isTrue(rt, test(rt))) return then(rt)
        return otherwise === null ? new Undefined('The inline if has no else, and its test was false') : otherwise(rt)
      }
    }
    case 'call':
      return compileCall(expression, context)
    case 'filter':
      return compileFilter(expression, context, isGuarded)
    case 'test':
      return compileTest(expression, context, isGuarded)
    default:
      return unreachable(expression)
  }
}

/** A name, and the attributes and subscripts behind it. */
function compileChain(
  expression: Extract<Expression, { kind: 'name' | 'attribute' | 'item' }>,
  context: CompileContext,
  isGuarded: boolean,
): Evaluate {
  const chain = chainOf(expression)
  const bound = chain !== null && chain.name.mayBeFree ? context.bind(chain.path) : null
  return compileLink(
    expression,
    bound === null ? null : { ...bound, length: chain?.path.length ?? 0 },
    context,
    isGuarded,
  )
}

/** `bound` says how much of the chain is read at once, unless the template has set the name itself. */
function compileLink(
  expression: Expression,
  bound: { readonly slot: number; readonly taken: number; readonly length: number } | null,
  context: CompileContext,
  isGuarded: boolean,
): Evaluate {
  if (bound !== null && depthOf(expression) === bound.taken)
    return compileSlot(expression, bound.slot, context, isGuarded)
  if (expression.kind === 'name') return compileName(expression)
  if (expression.kind !== 'attribute' && expression.kind !== 'item')
    return compileExpression(expression, context, isGuarded)
  const of = compileLink(expression.of, bound, context, isGuarded)
  const isLenient = isGuarded && context.hasGuards
  // The place of what is missing is where its name stands.
  const at = expression.kind === 'attribute' ? expression.span.end - expression.name.length : expression.key.span.start
  if (expression.kind === 'attribute') {
    const { name } = expression
    return (rt) => {
      const value = of(rt)
      if (isLenient && value instanceof Undefined) return value
      rt.at = at
      return attribute(rt, value, name)
    }
  }
  const key = compileExpression(expression.key, context)
  return (rt) => {
    const value = of(rt)
    const by = key(rt)
    if (isLenient && value instanceof Undefined) return value
    rt.at = at
    return item(rt, value, by)
  }
}

/** How many fixed segments a chain has; 0 for what is none. */
function depthOf(expression: Expression): number {
  const chain = chainOf(expression)
  return chain !== null && chain.isWhole ? chain.path.length : 0
}

function compileSlot(expression: Expression, slot: number, context: CompileContext, isGuarded: boolean): Evaluate {
  const chain = chainOf(expression)
  const message = `"${chain?.path.join('.') ?? ''}" is undefined`
  const at = expression.span.start
  const read: Evaluate = (rt) => {
    const value = rt.read(slot)
    if (value !== UNDEFINED && value !== undefined) return value
    rt.at = at
    return new Undefined(message)
  }
  if (chain === null || !chain.name.mayBeLocal) return read
  const { name } = chain.name
  const local = compileLink(expression, null, context, isGuarded)
  return (rt) => (rt.scope !== null && isSet(rt, name) ? local(rt) : read(rt))
}

function isSet(rt: Runtime, name: string): boolean {
  for (let scope = rt.scope; scope !== null; scope = scope.outer) if (scope.variables.has(name)) return true
  return false
}

function compileName(expression: Extract<Expression, { kind: 'name' }>): Evaluate {
  const { name, mayBeLocal, mayBeFree } = expression
  const at = expression.span.start
  const message = `"${name}" is undefined`
  const global = Object.hasOwn(GLOBALS, name) ? GLOBALS[name] : undefined
  const outer: Evaluate = (rt) => {
    rt.at = at
    if (mayBeFree && Object.hasOwn(rt.names, name)) {
      const value = rt.names[name]
      if (value !== undefined && value !== UNDEFINED) return value
    }
    return global ?? new Undefined(message)
  }
  if (!mayBeLocal) return outer
  return (rt) => {
    for (let scope = rt.scope; scope !== null; scope = scope.outer) {
      const value = scope.variables.get(name)
      if (value !== undefined) return value
    }
    return outer(rt)
  }
}

const nothing: Evaluate = () => null

function compileSlice(
  expression: Extract<Expression, { kind: 'slice' }>,
  compile: (part: Expression) => Evaluate,
): Evaluate {
  const of = compile(expression.of)
  const [start, stop, step] = [expression.start, expression.stop, expression.step].map((part) =>
    part === null ? nothing : compile(part),
  )
  return (rt) => {
    const value = of(rt)
    const bounds = [start?.(rt) ?? null, stop?.(rt) ?? null, step?.(rt) ?? null]
    rt.at = expression.span.start
    return slice(rt, value, bounds[0], bounds[1], bounds[2])
  }
}

function compileMapping(
  expression: Extract<Expression, { kind: 'mapping' }>,
  compile: (part: Expression) => Evaluate,
): Evaluate {
  const entries = expression.entries.map(({ key, value }) => ({ key: compile(key), value: compile(value) }))
  return (rt) => {
    const mapping = new Dict()
    rt.tick(entries.length)
    for (const { key, value } of entries) {
      const by = rt.open(key(rt))
      rt.at = expression.span.start
      mapping.set(by, value(rt))
    }
    return mapping
  }
}

function compileComparison(
  expression: Extract<Expression, { kind: 'compare' }>,
  compile: (part: Expression) => Evaluate,
): Evaluate {
  const first = compile(expression.first)
  const rest = expression.rest.map(({ operator, operand, span }) => ({
    operator,
    operand: compile(operand),
    at: span.start,
  }))
  return (rt) => {
    let left = first(rt)
    for (const { operator, operand, at } of rest) {
      const right = operand(rt)
      rt.at = at
      rt.tick()
      if (!holds(rt, operator, left, right)) return false
      left = right
    }
    return true
  }
}

/** Whether `left operator right` holds. */
function holds(rt: Runtime, operator: Comparison, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==':
      return isEqual(rt, left, right)
    case '!=':
      return !isEqual(rt, left, right)
    case '<':
      return compare(rt, left, right) < 0
    case '<=':
      return compare(rt, left, right) <= 0
    case '>':
      return compare(rt, left, right) > 0
    case '>=':
      return compare(rt, left, right) >= 0
    case 'in':
      return contains(rt, right, left)
    case 'not in':
      return !contains(rt, right, left)
    default:
      return unreachable(operator)
  }
}

/** The values that a call, filter or test is given. */
export type Given = { readonly args: readonly unknown[]; readonly named: Named }

const NOTHING: Given = { args: [], named: new Map() }

export function compileArguments(args: Arguments, context: CompileContext): (rt: Runtime) => Given {
  const compile = (part: Expression): Evaluate => compileExpression(part, context)
  const positional = args.positional.map(compile)
  const named = args.named.map(({ name, value }) => ({ name, value: compile(value) }))
  const rest = args.rest === null ? null : compile(args.rest)
  const namedRest = args.namedRest === null ? null : compile(args.namedRest)
  if (positional.length + named.length === 0 && rest === null && namedRest === null) return () => NOTHING
  return (rt) => {
    const values = positional.map((evaluate) => evaluate(rt))
    if (rest !== null) values.push(...spread(rt, rest(rt)))
    if (named.length === 0 && namedRest === null) return { args: values, named: NOTHING.named }
    const byName = new Map<string, unknown>()
    for (const { name, value } of named) byName.set(name, value(rt))
    if (namedRest !== null) spreadNamed(rt, namedRest(rt), byName)
    return { args: values, named: byName }
  }
}

/** More arguments than this are a list. */
const SPREAD_MAX = 1_000

function spread(rt: Runtime, of: unknown): readonly unknown[] {
  const items = itemsOf(rt, of)
  if (items.length > SPREAD_MAX) throw fault(`A call takes ${SPREAD_MAX} arguments at most`, 'Pass a list')
  return items
}

function spreadNamed(rt: Runtime, of: unknown, byName: Map<string, unknown>): void {
  const entries = entriesOf(rt, of)
  if (entries === null) throw fault(`After ** a mapping is expected, not ${kindOf(of)}`)
  rt.tick(entries.length)
  for (const [key, value] of entries) {
    if (byName.has(textOf(rt, key))) throw fault(`The argument ${textOf(rt, key)} is given twice`)
    byName.set(textOf(rt, key), value)
  }
}

/** What a call calls: its method is looked up on the value, which is read first. */
export function compileCallee(expression: Extract<Expression, { kind: 'call' }>, context: CompileContext): Evaluate {
  const { of } = expression
  if (of.kind !== 'attribute') return compileExpression(of, context)
  const value = compileExpression(of.of, context)
  const { name } = of
  const at = of.span.end - name.length
  return (rt) => {
    const self = value(rt)
    rt.at = at
    return attribute(rt, self, name)
  }
}

/** What `callee` calls. */
export function toCallable(rt: Runtime, callee: unknown): Callable {
  const opened = rt.open(callee)
  const callable = opened instanceof Thing ? opened.call : opened
  if (callable instanceof Callable) return callable
  if (opened instanceof Undefined) throw fault(opened.message, 'Only functions and methods can be called')
  throw fault(`Cannot call ${kindOf(opened)}`)
}

function compileCall(expression: Extract<Expression, { kind: 'call' }>, context: CompileContext): Evaluate {
  const callee = compileCallee(expression, context)
  const given = compileArguments(expression.args, context)
  const at = expression.span.start
  return (rt) => {
    const called = callee(rt)
    rt.at = at
    const callable = toCallable(rt, called)
    const { args, named } = given(rt)
    rt.at = at
    rt.tick()
    return callable.call(rt, args, named)
  }
}

function compileFilter(
  expression: Extract<Expression, { kind: 'filter' }>,
  context: CompileContext,
  isGuarded: boolean,
): Evaluate {
  const { name } = expression
  const at = expression.span.end - 1
  if (!hasFilter(name)) throw missingFilter(name, at)
  const of =
    expression.of === null
      ? (rt: Runtime): unknown => rt.blockText
      : compileExpression(expression.of, context, isGuarded || isDefault(name))
  const given = compileArguments(expression.args, context)
  return (rt) => {
    const value = of(rt)
    const { args, named } = given(rt)
    rt.at = at
    rt.tick()
    return applyFilter(rt, name, value, args, named)
  }
}

function compileTest(
  expression: Extract<Expression, { kind: 'test' }>,
  context: CompileContext,
  isGuarded: boolean,
): Evaluate {
  const { name, isNegated } = expression
  const at = expression.span.end - 1
  if (!hasTest(name)) throw missingTest(name, at)
  const of = compileExpression(expression.of, context, isGuarded || asksWhetherDefined(name))
  const given = compileArguments(expression.args, context)
  return (rt) => {
    const value = of(rt)
    const { args, named } = given(rt)
    rt.at = at
    rt.tick()
    return applyTest(rt, name, value, args, named) !== isNegated
  }
}
