// Expressions as closures. What can be decided before anything renders is decided here.
import { unreachable } from '../lib/assert.ts'
import { attribute, slice } from './access.ts'
import type { Comparison, Expression } from './ast.ts'
import { compileArguments, type Given } from './compile-arguments.ts'
import { compileChain } from './compile-chain.ts'
import type { CompileContext, Evaluate } from './compiled.ts'
import { compare, contains, isEqual, isTrue } from './compare.ts'
import { applyFilter, applyTest, hasFilter, hasTest, missingFilter, missingTest } from './filters/tables.ts'
import { joinTexts, operate, signed } from './operators.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { asksWhetherDefined, isDefault } from './scopes.ts'
import { Callable, Dict, kindOf, Thing, Tuple, Undefined } from './values.ts'

/** Compiles `expression`; under a guard, what is missing stays undefined. */
export function compileExpression(expression: Expression, context: CompileContext, isGuarded = false): Evaluate {
  if (expression.kind === 'name' || expression.kind === 'attribute' || expression.kind === 'item')
    return compileChain(expression, context, isGuarded, compileExpression)
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

/** What a call calls: its method is looked up on the value, which is read first. */
function compileCallee(expression: Extract<Expression, { kind: 'call' }>, context: CompileContext): Evaluate {
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
function toCallable(rt: Runtime, callee: unknown): Callable {
  const opened = rt.open(callee)
  const callable = opened instanceof Thing ? opened.call : opened
  if (callable instanceof Callable) return callable
  if (opened instanceof Undefined) throw fault(opened.message, 'Only functions and methods can be called')
  throw fault(`Cannot call ${kindOf(opened)}`)
}

/** A call up to what it calls and what it gives, evaluated and counted. */
export function compileReady(
  expression: Extract<Expression, { kind: 'call' }>,
  context: CompileContext,
): (rt: Runtime) => Given & { readonly callable: Callable } {
  const callee = compileCallee(expression, context)
  const given = compileArguments(expression.args, (part) => compileExpression(part, context))
  const at = expression.span.start
  return (rt) => {
    const called = callee(rt)
    rt.at = at
    const callable = toCallable(rt, called)
    const { args, named } = given(rt)
    rt.at = at
    rt.tick()
    return { callable, args, named }
  }
}

function compileCall(expression: Extract<Expression, { kind: 'call' }>, context: CompileContext): Evaluate {
  const ready = compileReady(expression, context)
  return (rt) => {
    const { callable, args, named } = ready(rt)
    return callable.call(rt, args, named)
  }
}

function compileFilter(
  expression: Extract<Expression, { kind: 'filter' }>,
  context: CompileContext,
  isGuarded: boolean,
): Evaluate {
  const { name, at } = expression
  if (!hasFilter(name)) throw missingFilter(name, at)
  const of =
    expression.of === null
      ? (rt: Runtime): unknown => rt.blockText
      : compileExpression(expression.of, context, isGuarded || isDefault(name))
  const given = compileArguments(expression.args, (part) => compileExpression(part, context))
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
  const { name, at, isNegated } = expression
  if (!hasTest(name)) throw missingTest(name, at)
  const of = compileExpression(expression.of, context, isGuarded || asksWhetherDefined(name))
  const given = compileArguments(expression.args, (part) => compileExpression(part, context))
  return (rt) => {
    const value = of(rt)
    const { args, named } = given(rt)
    rt.at = at
    rt.tick()
    return applyTest(rt, name, value, args, named) !== isNegated
  }
}
