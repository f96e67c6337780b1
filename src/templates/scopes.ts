// Which names a template may have set itself, and which come from outside: with them, what it refers to.
import {
  type Arguments,
  type Expression,
  type MacroBody,
  type NameExpression,
  namesOf,
  type Statement,
  type Target,
} from './ast.ts'
import { GLOBAL_NAMES } from './globals.ts'
import type { TemplateSpan } from './problem.ts'

/** Something that a template reads from outside: a name, and the attributes and fixed subscripts behind it. */
export type Reference = {
  readonly path: readonly (string | number)[]
  /** Whether nothing computed follows the path. */
  readonly isWhole: boolean
  readonly span: TemplateSpan
  /** Whether it may be missing: under `default`, `is defined`, or in the test of an inline `if`. */
  readonly isGuarded: boolean
}

/** A chain of attributes and fixed subscripts behind a name. */
export type Chain = {
  readonly name: NameExpression
  readonly path: readonly (string | number)[]
  readonly isWhole: boolean
}

/** `expression` as a chain, or `null`. The method of a call is no part of it: see `calleeOf`. */
export function chainOf(expression: Expression): Chain | null {
  if (expression.kind === 'name') return { name: expression, path: [expression.name], isWhole: true }
  if (expression.kind !== 'attribute' && expression.kind !== 'item') return null
  const before = chainOf(expression.of)
  if (before === null || !before.isWhole) return before
  const segment = segmentOf(expression)
  return segment === null ? { ...before, isWhole: false } : { ...before, path: [...before.path, segment] }
}

/** The fixed key of an attribute or subscript. */
function segmentOf(expression: Expression): string | number | null {
  if (expression.kind === 'attribute') return expression.name
  if (expression.kind !== 'item' || expression.key.kind !== 'literal') return null
  const { value } = expression.key
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

/** Names of a block: those that are set for sure by now, and those that may be. */
class Names {
  readonly sure: Set<string>
  readonly maybe: Set<string>
  readonly outer: Names | null
  constructor(outer: Names | null, sure: Iterable<string> = []) {
    this.sure = new Set(sure)
    this.maybe = new Set(sure)
    this.outer = outer
  }

  isSure(name: string): boolean {
    return this.sure.has(name) || (this.outer?.isSure(name) ?? false)
  }

  isMaybe(name: string): boolean {
    return this.maybe.has(name) || (this.outer?.isMaybe(name) ?? false)
  }
}

/** Marks each name of `statements` as set by the template or not, and lists what comes from outside. */
export function resolveNames(statements: readonly Statement[]): readonly Reference[] {
  const resolver = new Resolver()
  resolver.block(statements, new Names(null))
  return resolver.references
}

/** The same for one expression on its own. */
export function resolveExpression(expression: Expression): readonly Reference[] {
  const resolver = new Resolver()
  resolver.expression(expression, new Names(null), false)
  return resolver.references
}

class Resolver {
  readonly references: Reference[] = []

  /** A block that shares or has its own names. */
  block(statements: readonly Statement[], names: Names): void {
    for (const name of assignedIn(statements)) names.maybe.add(name)
    for (const statement of statements) this.#statement(statement, names)
  }

  #statement(statement: Statement, names: Names): void {
    switch (statement.kind) {
      case 'data':
      case 'break':
      case 'continue':
        return
      case 'hole':
        return this.expression(statement.expression, names, false)
      case 'if':
        return this.#if(statement, names)
      case 'for':
        return this.#for(statement, names)
      case 'set':
        this.expression(statement.value, names, false)
        return this.#assign(statement.target, names)
      case 'set-block':
        this.block(statement.body, new Names(names))
        if (statement.filters !== null) this.expression(statement.filters, names, false)
        return this.#assign(statement.target, names)
      case 'with':
        return this.#with(statement, names)
      case 'macro':
        names.sure.add(statement.macro.name)
        return this.#macro(statement.macro, names)
      case 'call-block':
        this.expression(statement.call, names, false)
        return this.#macro(statement.caller, names)
      case 'filter-block':
        this.expression(statement.filters, names, false)
        return this.block(statement.body, new Names(names))
    }
  }

  #if(statement: Extract<Statement, { kind: 'if' }>, names: Names): void {
    const bodies = [...statement.branches.map(({ body }) => body), statement.otherwise]
    const before = new Set(names.sure)
    const after: Set<string>[] = []
    for (const [index, body] of bodies.entries()) {
      const branch = statement.branches[index]
      replace(names.sure, before)
      if (branch !== undefined) this.expression(branch.test, names, false)
      this.block(body, names)
      after.push(new Set(names.sure))
    }
    const [first = before, ...others] = after
    replace(
      names.sure,
      others.reduce((sure, other) => sure.intersection(other), first),
    )
  }

  #for(statement: Extract<Statement, { kind: 'for' }>, names: Names): void {
    this.expression(statement.items, names, false)
    const inner = new Names(names, [...namesOf(statement.target)])
    if (statement.filter !== null) this.expression(statement.filter, inner, false)
    inner.sure.add('loop')
    inner.maybe.add('loop')
    this.block(statement.body, inner)
    this.block(statement.otherwise, new Names(names))
  }

  #with(statement: Extract<Statement, { kind: 'with' }>, names: Names): void {
    for (const { value } of statement.bindings) this.expression(value, names, false)
    this.block(
      statement.body,
      new Names(
        names,
        statement.bindings.flatMap(({ target }) => namesOf(target)),
      ),
    )
  }

  #macro(macro: MacroBody, names: Names): void {
    const own = [...macro.parameters.map(({ name }) => name), 'varargs', 'kwargs', 'caller']
    const inner = new Names(names, own)
    for (const { byDefault } of macro.parameters) if (byDefault !== null) this.expression(byDefault, inner, false)
    this.block(macro.body, inner)
  }

  #assign(target: Target, names: Names): void {
    if (target.kind === 'member') this.expression(target.of, names, false)
    for (const name of namesOf(target)) names.sure.add(name)
  }

  expression(expression: Expression, names: Names, isGuarded: boolean): void {
    const chain = chainOf(expression)
    if (chain !== null) this.#chain(expression, chain, names, isGuarded)
    else this.#parts(expression, names, isGuarded)
  }

  #chain(expression: Expression, chain: Chain, names: Names, isGuarded: boolean): void {
    const { name } = chain
    name.mayBeLocal = names.isMaybe(name.name)
    name.mayBeFree = !names.isSure(name.name)
    const isGlobal = GLOBAL_NAMES.has(name.name) && chain.path.length === 1
    if (name.mayBeFree && !isGlobal)
      this.references.push({ path: chain.path, isWhole: chain.isWhole, span: expression.span, isGuarded })
    // Computed subscripts have references of their own.
    for (let link = expression; link.kind === 'attribute' || link.kind === 'item'; link = link.of)
      if (link.kind === 'item') this.expression(link.key, names, false)
  }

  #parts(expression: Expression, names: Names, isGuarded: boolean): void {
    const visit = (part: Expression | null, guarded = false): void => {
      if (part !== null) this.expression(part, names, guarded)
    }
    switch (expression.kind) {
      case 'name':
      case 'literal':
        return
      case 'attribute':
        return visit(expression.of, isGuarded)
      case 'item':
        visit(expression.of, isGuarded)
        return visit(expression.key)
      case 'slice':
        visit(expression.of)
        visit(expression.start)
        visit(expression.stop)
        return visit(expression.step)
      case 'list':
      case 'tuple':
        return expression.items.forEach((item) => visit(item))
      case 'mapping':
        return expression.entries.forEach(({ key, value }) => [key, value].forEach((part) => visit(part)))
      case 'join':
        return expression.parts.forEach((part) => visit(part))
      case 'negative':
      case 'positive':
      case 'not':
        return visit(expression.of, isGuarded)
      case 'binary':
        visit(expression.left)
        return visit(expression.right)
      case 'and':
      case 'or':
        visit(expression.left, isGuarded)
        return visit(expression.right, isGuarded)
      case 'compare':
        visit(expression.first)
        return expression.rest.forEach(({ operand }) => visit(operand))
      case 'if':
        visit(expression.test, true)
        visit(expression.then)
        return visit(expression.otherwise)
      case 'call':
        visit(calleeOf(expression.of))
        return this.#arguments(expression.args, names)
      case 'filter':
        visit(expression.of, isGuarded || isDefault(expression.name))
        return this.#arguments(expression.args, names)
      case 'test':
        visit(expression.of, isGuarded || asksWhetherDefined(expression.name))
        return this.#arguments(expression.args, names)
    }
  }

  #arguments(args: Arguments, names: Names): void {
    for (const argument of args.positional) this.expression(argument, names, false)
    for (const { value } of args.named) this.expression(value, names, false)
    if (args.rest !== null) this.expression(args.rest, names, false)
    if (args.namedRest !== null) this.expression(args.namedRest, names, false)
  }
}

/** What a call reads: the value whose method it calls, or the function itself. */
function calleeOf(of: Expression): Expression {
  return of.kind === 'attribute' ? of.of : of
}

export function isDefault(filter: string): boolean {
  return filter === 'default' || filter === 'd'
}

export function asksWhetherDefined(test: string): boolean {
  return test === 'defined' || test === 'undefined'
}

/** Names that a block sets in its own scope. */
function assignedIn(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap((statement): readonly string[] => {
    if (statement.kind === 'set' || statement.kind === 'set-block') return namesOf(statement.target)
    if (statement.kind === 'macro') return [statement.macro.name]
    if (statement.kind !== 'if') return []
    return [...statement.branches.flatMap(({ body }) => assignedIn(body)), ...assignedIn(statement.otherwise)]
  })
}

function replace(set: Set<string>, by: ReadonlySet<string>): void {
  set.clear()
  for (const name of by) set.add(name)
}
