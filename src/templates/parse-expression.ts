// Expressions, by Jinja2's grammar and its precedences.
import type { Arguments, BinaryOperator, Comparison, Expression } from './ast.ts'
import type { Lexer, Token } from './lexer.ts'
import type { Limits } from './limits.ts'
import { TemplateFault, type TemplateSpan } from './problem.ts'

const NO_ARGUMENTS: Arguments = { positional: [], named: [], rest: null, namedRest: null }
const CONSTANTS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
}
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])
/** Words that end the argument of a test that is written without brackets. */
const AFTER_TEST: ReadonlySet<string> = new Set(['else', 'or', 'and', 'is', 'if', 'in', 'not'])

export type ParseOptions = { readonly dashedNames: ReadonlySet<string>; readonly limits: Limits }

/** The length of the longest name, by its set: one set of many names is asked for each of many templates. */
const longest = new WeakMap<ReadonlySet<string>, number>()

function longestOf(names: ReadonlySet<string>): number {
  const known = longest.get(names)
  if (known !== undefined) return known
  const length = [...names].reduce((most, name) => Math.max(most, name.length), 0)
  longest.set(names, length)
  return length
}

/** Parses the expressions of one template. What is wrong is thrown as a `TemplateFault`. */
export class ExpressionParser {
  readonly lexer: Lexer
  readonly #options: ParseOptions
  #depth = 0

  constructor(lexer: Lexer, options: ParseOptions) {
    this.lexer = lexer
    this.#options = options
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    const { nestingMax } = this.#options.limits
    this.#depth += 1
    if (this.#depth > nestingMax) throw this.#limit(`Nested more than ${nestingMax} levels deep (nestingMax)`)
    const result = parse()
    this.#depth -= 1
    return result
  }

  isOperator(text: string): boolean {
    const token = this.lexer.peek()
    return token.kind === 'operator' && token.text === text
  }

  isName(text: string): boolean {
    const token = this.lexer.peek()
    return token.kind === 'name' && token.text === text
  }

  takeOperator(text: string): boolean {
    return this.isOperator(text) && this.lexer.next() !== null
  }

  takeName(text: string): boolean {
    return this.isName(text) && this.lexer.next() !== null
  }

  expectOperator(text: string): Token {
    if (!this.isOperator(text)) throw this.unexpected(text)
    return this.lexer.next()
  }

  expectName(): Token {
    if (this.lexer.peek().kind !== 'name') throw this.unexpected('a name')
    return this.lexer.next()
  }

  unexpected(expected: string): TemplateFault {
    const token = this.lexer.peek()
    const shown = token.text.length > 30 ? `${token.text.slice(0, 30)}…` : token.text
    return new TemplateFault('TEMPLATE_SYNTAX', `Expected ${expected}, found ${shown}`, null, token.start)
  }

  /** A whole expression, inline `if` included. */
  expression(): Expression {
    return this.nested(() => this.#inlineIf())
  }

  /** Without an inline `if` on top, as the items of a `for` are. */
  withoutIf(): Expression {
    return this.nested(() => this.#or())
  }

  /** Expressions between commas: a tuple, or the one that is there. */
  tuple(options: { readonly withIf: boolean; readonly until: (token: Token) => boolean }): Expression {
    const { start } = this.lexer.peek()
    const items: Expression[] = []
    let isTuple = false
    while (!isTupleEnd(this.lexer.peek()) && !options.until(this.lexer.peek())) {
      items.push(options.withIf ? this.expression() : this.withoutIf())
      if (!this.takeOperator(',')) break
      isTuple = true
    }
    const [only] = items
    if (only !== undefined && !isTuple) return only
    if (items.length === 0) throw this.unexpected('an expression')
    return { kind: 'tuple', items, span: this.#span(start) }
  }

  #inlineIf(): Expression {
    const { start } = this.lexer.peek()
    let value = this.#or()
    for (let links = 0; this.takeName('if'); links += 1) {
      this.#chain(links)
      const test = this.#or()
      const otherwise = this.takeName('else') ? this.nested(() => this.#inlineIf()) : null
      value = { kind: 'if', test, then: value, otherwise, span: this.#span(start) }
    }
    return value
  }

  #or(): Expression {
    return this.#leftToRight(() => this.#and(), 'or')
  }

  #and(): Expression {
    return this.#leftToRight(() => this.#not(), 'and')
  }

  #leftToRight(operand: () => Expression, word: 'and' | 'or'): Expression {
    const { start } = this.lexer.peek()
    let left = operand()
    for (let links = 0; this.takeName(word); links += 1) {
      this.#chain(links)
      left = { kind: word, left, right: operand(), span: this.#span(start) }
    }
    return left
  }

  #not(): Expression {
    const { start } = this.lexer.peek()
    if (!this.takeName('not')) return this.#compare()
    const of = this.nested(() => this.#not())
    return { kind: 'not', of, span: this.#span(start) }
  }

  #compare(): Expression {
    const { start } = this.lexer.peek()
    const first = this.#sum()
    const rest: { operator: Comparison; operand: Expression; span: TemplateSpan }[] = []
    for (let operator = this.#comparison(); operator !== null; operator = this.#comparison()) {
      this.#chain(rest.length)
      const operand = this.#sum()
      rest.push({ operator, operand, span: this.#span(start) })
    }
    return rest.length === 0 ? first : { kind: 'compare', first, rest, span: this.#span(start) }
  }

  #comparison(): Comparison | null {
    const token = this.lexer.peek()
    if (token.kind === 'operator' && COMPARISONS.has(token.text)) return toComparison(this.lexer.next().text)
    if (this.takeName('in')) return 'in'
    if (!this.isName('not')) return null
    const isNotIn = /^not\s+in\b/.test(this.lexer.source.slice(token.start, token.start + 64))
    if (!isNotIn) return null
    this.lexer.next()
    this.lexer.next()
    return 'not in'
  }

  #sum(): Expression {
    return this.#binary(() => this.#join(), ['+', '-'])
  }

  #join(): Expression {
    const { start } = this.lexer.peek()
    const parts = [this.#product()]
    while (this.takeOperator('~')) {
      this.#chain(parts.length)
      parts.push(this.#product())
    }
    const [only] = parts
    return only !== undefined && parts.length === 1 ? only : { kind: 'join', parts, span: this.#span(start) }
  }

  #product(): Expression {
    return this.#binary(() => this.#power(), ['*', '/', '//', '%'])
  }

  #power(): Expression {
    return this.#binary(() => this.unary(true), ['**'])
  }

  #binary(operand: () => Expression, operators: readonly BinaryOperator[]): Expression {
    const { start } = this.lexer.peek()
    let left = operand()
    for (let links = 0; ; links += 1) {
      const operator = operators.find((candidate) => this.isOperator(candidate))
      if (operator === undefined) return left
      this.#chain(links)
      this.lexer.next()
      left = { kind: 'binary', operator, left, right: operand(), span: this.#span(start) }
    }
  }

  /** A sign, or a primary expression, and what follows it. */
  unary(withFilters: boolean): Expression {
    const { start } = this.lexer.peek()
    let value: Expression
    const sign = this.isOperator('-') ? 'negative' : this.isOperator('+') ? 'positive' : null
    if (sign === null) value = this.primary()
    else {
      this.lexer.next()
      value = { kind: sign, of: this.nested(() => this.unary(false)), span: this.#span(start) }
    }
    value = this.postfix(value)
    return withFilters ? this.filters(value) : value
  }

  primary(): Expression {
    const token = this.lexer.peek()
    if (token.kind === 'name') return this.#name()
    if (token.kind === 'number') {
      this.lexer.next()
      return { kind: 'literal', value: token.value, span: token }
    }
    if (token.kind === 'text') return this.#texts()
    if (this.takeOperator('(')) return this.#brackets(token.start)
    if (this.takeOperator('[')) return this.#list(token.start)
    if (this.takeOperator('{')) return this.#mapping(token.start)
    throw this.unexpected('an expression')
  }

  #name(): Expression {
    const token = this.lexer.next()
    const span = { start: token.start, end: token.end }
    if (Object.hasOwn(CONSTANTS, token.text)) return { kind: 'literal', value: CONSTANTS[token.text], span }
    return { kind: 'name', name: token.text, span, mayBeLocal: false, mayBeFree: true }
  }

  /** Texts in a row are one. */
  #texts(): Expression {
    const { start } = this.lexer.peek()
    let value = ''
    while (this.lexer.peek().kind === 'text') value += String(this.lexer.next().value)
    return { kind: 'literal', value, span: this.#span(start) }
  }

  #brackets(start: number): Expression {
    if (this.takeOperator(')')) return { kind: 'tuple', items: [], span: this.#span(start) }
    const inside = this.tuple({ withIf: true, until: (token) => token.text === ')' && token.kind === 'operator' })
    this.expectOperator(')')
    return inside
  }

  #list(start: number): Expression {
    const items: Expression[] = []
    while (!this.isOperator(']')) {
      items.push(this.expression())
      if (!this.takeOperator(',')) break
    }
    this.expectOperator(']')
    return { kind: 'list', items, span: this.#span(start) }
  }

  #mapping(start: number): Expression {
    const entries: { key: Expression; value: Expression }[] = []
    while (!this.isOperator('}')) {
      const key = this.expression()
      this.expectOperator(':')
      entries.push({ key, value: this.expression() })
      if (!this.takeOperator(',')) break
    }
    this.expectOperator('}')
    return { kind: 'mapping', entries, span: this.#span(start) }
  }

  /** Attributes, subscripts and calls. */
  postfix(of: Expression): Expression {
    let value = of
    for (let links = 0; ; links += 1) {
      this.#chain(links)
      if (this.takeOperator('.')) value = this.#attribute(value)
      else if (this.takeOperator('[')) value = this.#subscript(value)
      else if (this.isOperator('(')) value = this.#call(value)
      else return value
    }
  }

  #call(of: Expression): Expression {
    const args = this.arguments()
    return { kind: 'call', of, args, span: this.#span(of.span.start) }
  }

  #attribute(of: Expression): Expression {
    const token = this.lexer.peek()
    if (token.kind === 'number' && /^\d+$/.test(token.text)) {
      this.lexer.next()
      const key: Expression = { kind: 'literal', value: Number(token.text), span: token }
      return { kind: 'item', of, key, span: this.#span(of.span.start) }
    }
    if (token.kind !== 'name') throw this.unexpected('a name after the dot')
    const end = this.#dashedEnd(token)
    const name = end === null ? this.lexer.next() : this.lexer.nameUntil(end)
    return { kind: 'attribute', of, name: name.text, span: this.#span(of.span.start) }
  }

  /** Where the longest known name with hyphens ends that begins here, as `my-id` in `steps.my-id.result`. */
  #dashedEnd(token: Token): number | null {
    const { source } = this.lexer
    const { dashedNames } = this.#options
    if (source[token.end] !== '-' || dashedNames.size === 0) return null
    const lengthMax = longestOf(dashedNames)
    const word = /^[\p{L}\p{N}\p{M}_-]+/u.exec(source.slice(token.start, token.start + lengthMax + 1))?.[0] ?? ''
    for (let end = Math.min(word.length, lengthMax); end > token.text.length; end -= 1) {
      const isCut = /^[\p{L}\p{N}\p{M}_]/u.test(word.slice(end))
      if (!isCut && dashedNames.has(word.slice(0, end))) return token.start + end
    }
    return null
  }

  #subscript(of: Expression): Expression {
    const keys: Expression[] = []
    let slice: Expression | null = null
    let isTuple = false
    while (!this.isOperator(']')) {
      const part = this.#sliceOrKey(of)
      if (part.kind === 'slice' && part.of === of) slice = part
      keys.push(part)
      if (!this.takeOperator(',')) break
      isTuple = true
    }
    this.expectOperator(']')
    const [first] = keys
    if (first === undefined) throw this.unexpected('an expression between [ and ]')
    if (slice !== null) return slice
    const key: Expression = isTuple ? { kind: 'tuple', items: keys, span: first.span } : first
    return { kind: 'item', of, key, span: this.#span(of.span.start) }
  }

  #sliceOrKey(of: Expression): Expression {
    const start = this.isOperator(':') ? null : this.expression()
    if (start !== null && !this.isOperator(':')) return start
    this.expectOperator(':')
    const isEnd = (): boolean => this.isOperator(']') || this.isOperator(',') || this.isOperator(':')
    const stop = isEnd() ? null : this.expression()
    const step = this.takeOperator(':') && !isEnd() ? this.expression() : null
    return { kind: 'slice', of, start, stop, step, span: this.#span(of.span.start) }
  }

  /** What stands between the brackets of a call. */
  arguments(): Arguments {
    this.expectOperator('(')
    const positional: Expression[] = []
    const named: { name: string; value: Expression }[] = []
    let rest: Expression | null = null
    let namedRest: Expression | null = null
    while (!this.isOperator(')')) {
      const token = this.lexer.peek()
      if (namedRest !== null) throw this.unexpected(')')
      if (this.takeOperator('**')) namedRest = this.expression()
      else if (this.takeOperator('*')) rest = this.#only(rest)
      else if (token.kind === 'name' && this.#isNamed(token)) named.push(this.#named(named))
      else if (named.length > 0 || rest !== null) throw this.unexpected('a named argument')
      else positional.push(this.expression())
      if (!this.takeOperator(',')) break
    }
    this.expectOperator(')')
    return { positional, named, rest, namedRest }
  }

  #only(before: Expression | null): Expression {
    if (before !== null) throw this.unexpected('one * only')
    return this.expression()
  }

  #isNamed(token: Token): boolean {
    return /^\s*=(?!=)/.test(this.lexer.source.slice(token.end, token.end + 64))
  }

  #named(before: readonly { readonly name: string }[]): { name: string; value: Expression } {
    const token = this.lexer.next()
    if (before.some(({ name }) => name === token.text))
      throw new TemplateFault('TEMPLATE_SYNTAX', `The argument ${token.text} is given twice`, null, token.start)
    this.expectOperator('=')
    return { name: token.text, value: this.expression() }
  }

  /** Filters, tests, and calls of what they give. */
  filters(of: Expression): Expression {
    let value = of
    for (let links = 0; ; links += 1) {
      this.#chain(links)
      if (this.takeOperator('|')) value = this.filter(value, value.span.start)
      else if (this.takeName('is')) value = this.#test(value)
      else if (this.isOperator('(')) value = this.#call(value)
      else return value
    }
  }

  /** One filter, its bar already read. */
  filter(of: Expression | null, start: number): Expression {
    const at = this.lexer.peek().start
    const name = this.#dottedName()
    const args = this.isOperator('(') ? this.arguments() : NO_ARGUMENTS
    return { kind: 'filter', of, name, at, args, span: this.#span(start) }
  }

  #dottedName(): string {
    let name = this.expectName().text
    while (this.takeOperator('.')) name += `.${this.expectName().text}`
    return name
  }

  #test(of: Expression): Expression {
    const isNegated = this.takeName('not')
    const at = this.lexer.peek().start
    const name = this.#dottedName()
    const args = this.isOperator('(') ? this.arguments() : this.#testArgument()
    return { kind: 'test', of, name, at, args, isNegated, span: this.#span(of.span.start) }
  }

  #testArgument(): Arguments {
    const token = this.lexer.peek()
    const begins = token.kind === 'operator' ? token.text === '[' || token.text === '{' : token.kind !== 'end'
    if (!begins) return NO_ARGUMENTS
    if (token.kind === 'name' && AFTER_TEST.has(token.text)) {
      if (token.text === 'is') throw this.unexpected('one test only')
      return NO_ARGUMENTS
    }
    const argument = this.nested(() => this.postfix(this.primary()))
    return { positional: [argument], named: [], rest: null, namedRest: null }
  }

  #chain(links: number): void {
    const { chainMax } = this.#options.limits
    if (links >= chainMax) throw this.#limit(`More than ${chainMax} in a row (chainMax)`)
  }

  #limit(message: string): TemplateFault {
    return new TemplateFault('TEMPLATE_LIMIT', message, null, this.lexer.peek().start)
  }

  #span(start: number): TemplateSpan {
    return { start, end: this.lexer.previousEnd }
  }
}

function isTupleEnd(token: Token): boolean {
  return token.kind === 'end' || (token.kind === 'operator' && token.text === ')')
}

function toComparison(text: string): Comparison {
  switch (text) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
      return text
    default:
      return '>='
  }
}
