// Names, and the attributes and subscripts behind them: what slots hold, what the template has set, what the context has.
import { attribute, item } from './access.ts'
import type { Expression } from './ast.ts'
import type { Compile, CompileContext, Evaluate } from './compiled.ts'
import { GLOBALS } from './globals.ts'
import type { Runtime } from './runtime.ts'
import type { TemplateSpan } from './problem.ts'
import { chainOf } from './scopes.ts'
import { Undefined, UNDEFINED } from './values.ts'

/** A name, and the attributes and subscripts behind it. */
export function compileChain(
  expression: Extract<Expression, { kind: 'name' | 'attribute' | 'item' }>,
  context: CompileContext,
  isGuarded: boolean,
  compile: Compile,
): Evaluate {
  const chain = chainOf(expression)
  const bound = chain !== null && chain.name.mayBeFree ? context.bind(chain.path) : null
  return compileLink(expression, { bound, context, isGuarded, compile })
}

type Linking = {
  /** How much of the chain is read at once, unless the template has set the name itself. */
  readonly bound: ReturnType<CompileContext['bind']>
  readonly context: CompileContext
  readonly isGuarded: boolean
  readonly compile: Compile
}

function compileLink(expression: Expression, linking: Linking): Evaluate {
  const { bound, context, isGuarded, compile } = linking
  if (bound !== null && depthOf(expression) === bound.taken) return compileSlot(expression, bound.slot, linking)
  if (expression.kind === 'name') return compileName(expression)
  if (expression.kind !== 'attribute' && expression.kind !== 'item') return compile(expression, context, isGuarded)
  const of = compileLink(expression.of, linking)
  const isLenient = isGuarded && context.hasGuards
  if (expression.kind === 'attribute') {
    const { name, span } = expression
    return (rt) => {
      const value = of(rt)
      if (isLenient && value instanceof Undefined) return value
      // The place of what is missing is where its name stands.
      rt.at = span.end - name.length
      return named(rt, attribute(rt, value, name), span)
    }
  }
  const { span } = expression
  const { start } = expression.key.span
  const key = compile(expression.key, context)
  return (rt) => {
    const value = of(rt)
    const by = key(rt)
    if (isLenient && value instanceof Undefined) return value
    rt.at = start
    return named(rt, item(rt, value, by), span)
  }
}

/** Characters of a path that a message repeats. */
const writtenMax = 100

/** What is not there is told with the path to it, as it is written. */
function named(rt: Runtime, value: unknown, { start, end }: TemplateSpan): unknown {
  if (!(value instanceof Undefined) || end - start > writtenMax) return value
  const why = value.message.charAt(0).toLowerCase() + value.message.slice(1)
  return new Undefined(`"${rt.source.slice(start, end)}" is undefined: ${why}`)
}

/** How many fixed segments a chain has; 0 for what is none. */
function depthOf(expression: Expression): number {
  const chain = chainOf(expression)
  return chain !== null && chain.isWhole ? chain.path.length : 0
}

function compileSlot(expression: Expression, slot: number, linking: Linking): Evaluate {
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
  const local = compileLink(expression, { ...linking, bound: null })
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
