// Statements as closures that write to the rendering's output.
import { unreachable } from '../lib/assert.ts'
import type { Statement, Target } from './ast.ts'
import { isTrue } from './compare.ts'
import { compileExpression, compileReady } from './compile-expression.ts'
import type { CompileContext, Evaluate } from './compiled.ts'
import { itemsOf } from './iterate.ts'
import { Loop } from './loop.ts'
import { compileMacro } from './macro.ts'
import { finished } from './operators.ts'
import { captured, emit, emitData } from './output.ts'
import { fault } from './problem.ts'
import { type Runtime, Scope } from './runtime.ts'
import { kindOf, Thing, Undefined } from './values.ts'

/** How a statement ended: on to the next one, or out of a turn or a loop. */
export type Ending = typeof NEXT | typeof BREAK | typeof CONTINUE
const NEXT = 0
const BREAK = 1
const CONTINUE = 2

/** A compiled statement. */
export type Execute = (rt: Runtime) => Ending

/** Compiles a block of statements. */
export function compileBlock(statements: readonly Statement[], context: CompileContext): Execute {
  const compiled = statements.map((statement) => compileStatement(statement, context))
  const [only] = compiled
  if (only !== undefined && compiled.length === 1) return only
  return (rt) => {
    for (let index = 0; index < compiled.length; index += 1) {
      const ending = compiled[index]?.(rt) ?? NEXT
      if (ending !== NEXT) return ending
    }
    return NEXT
  }
}

function compileStatement(statement: Statement, context: CompileContext): Execute {
  switch (statement.kind) {
    case 'data': {
      const { text } = statement
      return (rt) => {
        rt.tick()
        emitData(rt, text)
        return NEXT
      }
    }
    case 'hole':
      return compileHole(statement, context)
    case 'if':
      return compileIf(statement, context)
    case 'for':
      return compileFor(statement, context)
    case 'set': {
      const value = compileExpression(statement.value, context)
      const assign = compileTarget(statement.target, context)
      return (rt) => {
        rt.tick()
        assign(rt, value(rt))
        return NEXT
      }
    }
    case 'set-block':
      return compileSetBlock(statement, context)
    case 'with':
      return compileWith(statement, context)
    case 'macro': {
      const make = compileMacro(statement.macro, context, compileBlock)
      const { name } = statement.macro
      return (rt) => {
        rt.scope ??= new Scope(null)
        rt.scope.variables.set(name, make(rt))
        return NEXT
      }
    }
    case 'call-block':
      return compileCallBlock(statement, context)
    case 'filter-block':
      return compileFilterBlock(statement, context)
    case 'break':
      return () => BREAK
    case 'continue':
      return () => CONTINUE
    default:
      return unreachable(statement)
  }
}

function compileHole(statement: Extract<Statement, { kind: 'hole' }>, context: CompileContext): Execute {
  const { expression } = statement
  if (expression.kind === 'call') return compileCallHole(expression, context)
  const evaluate = compileExpression(expression, context)
  const at = expression.span.start
  return (rt) => {
    rt.tick()
    const value = evaluate(rt)
    rt.at = at
    emit(rt, value)
    return NEXT
  }
}

/** A macro that is called by a hole writes into the text around it, and so stands where the hole does. */
function compileCallHole(
  expression: Parameters<typeof compileReady>[0],
  context: CompileContext,
  caller: ((rt: Runtime) => unknown) | null = null,
): Execute {
  const ready = compileReady(expression, context)
  return (rt) => {
    const { callable, args, named } = ready(rt)
    const withCaller = caller === null ? named : new Map([...named, ['caller', caller(rt)]])
    if (callable.write !== null) callable.write(rt, args, withCaller)
    else emit(rt, callable.call(rt, args, withCaller))
    return NEXT
  }
}

function compileIf(statement: Extract<Statement, { kind: 'if' }>, context: CompileContext): Execute {
  const branches = statement.branches.map(({ test, body }) => ({
    test: compileExpression(test, context),
    body: compileBlock(body, context),
  }))
  const otherwise = compileBlock(statement.otherwise, context)
  return (rt) => {
    rt.tick()
    for (const { test, body } of branches) if (isTrue(rt, test(rt))) return body(rt)
    return otherwise(rt)
  }
}

function compileFor(statement: Extract<Statement, { kind: 'for' }>, context: CompileContext): Execute {
  const items = compileExpression(statement.items, context)
  const assign = compileTarget(statement.target, context)
  const filter = statement.filter === null ? null : compileExpression(statement.filter, context)
  const body = compileBlock(statement.body, context)
  const otherwise = compileBlock(statement.otherwise, context)
  const at = statement.items.span.start
  const { isRecursive } = statement
  const enter = (rt: Runtime, outer: Scope | null, value: unknown): void => {
    rt.turn()
    rt.scope = new Scope(outer)
    assign(rt, value)
  }
  const isKept = (rt: Runtime, outer: Scope | null, value: unknown): boolean => {
    if (filter === null) return true
    enter(rt, outer, value)
    return isTrue(rt, filter(rt))
  }
  const run = (rt: Runtime, of: unknown, outer: Scope | null, depth: number): Ending => {
    rt.at = at
    const all = itemsOf(rt, of)
    const kept = filter === null ? all : all.filter((value) => isKept(rt, outer, value))
    const again = isRecursive ? (inner: Runtime, more: unknown) => void run(inner, more, outer, depth + 1) : null
    const loop = new Loop(kept, depth, again)
    for (let index = 0; index < kept.length; index += 1) {
      loop.index = index
      enter(rt, outer, kept[index])
      rt.scope?.variables.set('loop', loop.thing)
      if (body(rt) === BREAK) break
    }
    rt.scope = new Scope(outer)
    // What ends a turn or a loop there means the loop around this one.
    const ending = kept.length === 0 ? otherwise(rt) : NEXT
    rt.scope = outer
    return ending
  }
  return (rt) => {
    rt.tick()
    const { scope } = rt
    const ending = run(rt, items(rt), scope, 0)
    rt.scope = scope
    return ending
  }
}

function compileSetBlock(statement: Extract<Statement, { kind: 'set-block' }>, context: CompileContext): Execute {
  const body = compileBlock(statement.body, context)
  const filters = statement.filters === null ? null : compileExpression(statement.filters, context)
  const assign = compileTarget(statement.target, context)
  return (rt) => {
    rt.tick()
    assign(rt, filtered(rt, body, filters))
    return NEXT
  }
}

function compileFilterBlock(statement: Extract<Statement, { kind: 'filter-block' }>, context: CompileContext): Execute {
  const body = compileBlock(statement.body, context)
  const filters = compileExpression(statement.filters, context)
  return (rt) => {
    rt.tick()
    emit(rt, filtered(rt, body, filters))
    return NEXT
  }
}

/** What `body` writes, in a scope of its own, after the filters. */
function filtered(rt: Runtime, body: Execute, filters: Evaluate | null): unknown {
  const { scope, blockText } = rt
  rt.scope = new Scope(scope)
  const text = finished(
    rt,
    captured(rt, () => void body(rt)),
  )
  rt.scope = scope
  if (filters === null) return text
  rt.blockText = text
  const result = filters(rt)
  rt.blockText = blockText
  return result
}

function compileWith(statement: Extract<Statement, { kind: 'with' }>, context: CompileContext): Execute {
  const bindings = statement.bindings.map(({ target, value }) => ({
    assign: compileTarget(target, context),
    value: compileExpression(value, context),
  }))
  const body = compileBlock(statement.body, context)
  return (rt) => {
    rt.tick()
    const { scope } = rt
    const values = bindings.map(({ value }) => value(rt))
    rt.scope = new Scope(scope)
    bindings.forEach(({ assign }, index) => assign(rt, values[index]))
    const ending = body(rt)
    rt.scope = scope
    return ending
  }
}

function compileCallBlock(statement: Extract<Statement, { kind: 'call-block' }>, context: CompileContext): Execute {
  const caller = compileMacro(statement.caller, context, compileBlock)
  return compileCallHole(statement.call, context, caller)
}

type Assign = (rt: Runtime, value: unknown) => void

/** Writes a value to names of the innermost scope, or to a member of a namespace. */
function compileTarget(target: Target, context: CompileContext): Assign {
  if (target.kind === 'name') {
    const { name } = target
    return (rt, value) => {
      rt.scope ??= new Scope(null)
      rt.scope.variables.set(name, value)
    }
  }
  if (target.kind === 'member') return compileMember(target, context)
  const parts = target.items.map((part) => compileTarget(part, context))
  return (rt, value) => {
    if (value instanceof Undefined) throw fault(value.message, 'It cannot be taken apart')
    const items = itemsOf(rt, value)
    if (items.length !== parts.length)
      throw fault(`Cannot take ${parts.length} values from ${kindOf(value)} of ${items.length}`)
    parts.forEach((assign, index) => assign(rt, items[index]))
  }
}

function compileMember(target: Extract<Target, { kind: 'member' }>, context: CompileContext): Assign {
  const of = compileExpression(target.of, context)
  const { name, span } = target
  return (rt, value) => {
    const holder = of(rt)
    rt.at = span.start
    if (!(holder instanceof Thing) || holder.assign === null)
      throw fault(`Cannot set a member of ${kindOf(holder)}`, 'Make it with namespace(…)')
    holder.assign(name, value)
  }
}
