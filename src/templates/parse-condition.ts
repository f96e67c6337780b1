// The language of conditions: the text is parsed first, with its holes as operands, and only then do values come in.
// So no value can change what a condition asks.
import type { Expression } from './ast.ts'
import { type ConditionOperator, type ConditionTree, nameAt } from './condition-tree.ts'
import { Lexer } from './lexer.ts'
import { ExpressionParser, type ParseOptions } from './parse-expression.ts'
import { TemplateFault, type TemplateSpan } from './problem.ts'
import { afterSpace } from './scan-text.ts'

const CONSTANTS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
  none: null,
}
const SYMBOLS = /===|!==|==|!=|<=|>=|&&|\|\||[<>!+\-*/%()[\],]/y
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const COMPARISONS: Readonly<Record<string, ConditionOperator>> = {
  '==': '==',
  '===': '==',
  '!=': '!=',
  '!==': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  in: 'in',
  contains: 'contains',
}

/** Parses a condition. In a text that was rendered, there are no holes. */
export function parseConditionTree(source: string, options: ParseOptions, hasHoles: boolean): ConditionTree {
  return new ConditionParser(source, options, hasHoles).whole()
}

class ConditionParser {
  readonly #source: string
  readonly #options: ParseOptions
  readonly #hasHoles: boolean
  readonly #lexer: Lexer
  readonly #expressions: ExpressionParser
  #position = 0
  #depth = 0

  constructor(source: string, options: ParseOptions, hasHoles: boolean) {
    this.#source = source
    this.#options = options
    this.#hasHoles = hasHoles
    this.#lexer = new Lexer(source, options.limits)
    this.#expressions = new ExpressionParser(this.#lexer, options)
  }

  whole(): ConditionTree {
    if (this.#peek() === null) throw this.#wrong('The condition is empty', 'Leave it out, or write true')
    const tree = this.#or()
    if (this.#peek() !== null) throw this.#unexpected()
    return tree
  }

  #or(): ConditionTree {
    return this.#leftToRight('or', '||', () => this.#and())
  }

  #and(): ConditionTree {
    return this.#leftToRight('and', '&&', () => this.#not())
  }

  #leftToRight(kind: 'and' | 'or', symbol: string, operand: () => ConditionTree): ConditionTree {
    const start = afterSpace(this.#source, this.#position)
    let left = operand()
    for (let links = 0; this.#take(kind) || this.#take(symbol); links += 1) {
      this.#chain(links)
      left = { kind, left, right: operand(), span: this.#span(start) }
    }
    return left
  }

  #not(): ConditionTree {
    const start = afterSpace(this.#source, this.#position)
    if (!this.#take('not') && !this.#take('!')) return this.#compare()
    return this.#nested(() => ({ kind: 'not', of: this.#not(), span: this.#span(start) }))
  }

  #compare(): ConditionTree {
    const start = afterSpace(this.#source, this.#position)
    const left = this.#sum()
    const operator = this.#comparison()
    if (operator === null) return left
    const right = this.#sum()
    const again = this.#peek() ?? ''
    if (Object.hasOwn(COMPARISONS, again))
      throw this.#wrong('Comparisons do not follow one another', 'Write: a < b and b < c')
    return { kind: 'compare', operator, left, right, span: this.#span(start) }
  }

  #comparison(): ConditionOperator | null {
    const word = this.#peek() ?? ''
    if (word === 'not') {
      this.#take('not')
      if (!this.#take('in')) throw this.#unexpected()
      return 'not in'
    }
    if (word === '=') throw this.#unexpected()
    const operator = Object.hasOwn(COMPARISONS, word) ? COMPARISONS[word] : undefined
    if (operator === undefined) return null
    this.#take(word)
    return operator
  }

  #sum(): ConditionTree {
    return this.#calculation(['+', '-'], () => this.#calculation(['*', '/', '%'], () => this.#primary()))
  }

  #calculation(operators: readonly ('+' | '-' | '*' | '/' | '%')[], operand: () => ConditionTree): ConditionTree {
    const start = afterSpace(this.#source, this.#position)
    let left = operand()
    for (let links = 0; ; links += 1) {
      this.#chain(links)
      const operator = operators.find((candidate) => this.#take(candidate))
      if (operator === undefined) return left
      left = { kind: 'calculate', operator, left, right: operand(), span: this.#span(start) }
    }
  }

  #primary(): ConditionTree {
    const start = afterSpace(this.#source, this.#position)
    const char = this.#source.charAt(start)
    if (char === '"' || char === "'") return this.#text(start, char)
    if (this.#source.startsWith('{{', start)) return this.#hole(start)
    if (this.#take('(')) return this.#brackets()
    if (this.#take('[')) return this.#list(start)
    if (this.#take('-')) return this.#negative(start)
    const number = this.#match(NUMBER, start)
    if (number !== null) {
      this.#position = start + number.length
      return { kind: 'literal', value: Number(number), span: this.#span(start) }
    }
    const word = this.#match(WORD, start)
    if (word === null) throw this.#unexpected()
    this.#position = start + word.length
    if (!Object.hasOwn(CONSTANTS, word)) return this.#path(word, start)
    return { kind: 'literal', value: CONSTANTS[word], span: this.#span(start) }
  }

  #negative(start: number): ConditionTree {
    const zero: ConditionTree = { kind: 'literal', value: 0, span: this.#span(start) }
    return this.#nested(() => ({
      kind: 'calculate',
      operator: '-',
      left: zero,
      right: this.#primary(),
      span: this.#span(start),
    }))
  }

  #brackets(): ConditionTree {
    return this.#nested(() => {
      const tree = this.#or()
      if (!this.#take(')')) throw this.#unexpected('A closing bracket is missing')
      return tree
    })
  }

  #list(start: number): ConditionTree {
    return this.#nested(() => {
      const items: ConditionTree[] = []
      while (this.#peek() !== ']') {
        items.push(this.#or())
        if (!this.#take(',')) break
      }
      if (!this.#take(']')) throw this.#unexpected('A closing ] is missing')
      return { kind: 'list', items, span: this.#span(start) }
    })
  }

  /** A path without braces, its first name already read. */
  #path(name: string, start: number): ConditionTree {
    let expression: Expression = nameAt(name, this.#span(start))
    for (;;) {
      const before: Expression = expression
      if (this.#source[this.#position] === '.') {
        const segment = this.#dotted()
        expression = { kind: 'attribute', of: before, name: segment, span: this.#span(start) }
      } else if (this.#source[this.#position] === '[') {
        const key = this.#subscript()
        expression = { kind: 'item', of: before, key, span: this.#span(start) }
      } else {
        const text = this.#source.slice(start, this.#position)
        return { kind: 'operand', expression, text, span: this.#span(start) }
      }
      this.#chain(this.#position - start > this.#options.limits.chainMax * 64 ? Infinity : 0)
    }
  }

  #dotted(): string {
    const from = this.#position + 1
    const word = this.#match(/[\p{L}\p{N}_][\p{L}\p{N}_-]*/uy, from)
    if (word === null) throw this.#unexpected('A name is missing after the dot')
    let end = word.length
    while (end > 0 && !this.#isName(word, end)) end -= 1
    this.#position = from + end
    return word.slice(0, end)
  }

  /** Whether a name may end there: hyphens belong to it only in names that are known. */
  #isName(word: string, end: number): boolean {
    const name = word.slice(0, end)
    const isCut = end < word.length && word[end] !== '-' && word[end - 1] !== '-'
    return !isCut && (!name.includes('-') || this.#options.dashedNames.has(name))
  }

  #subscript(): Expression {
    const start = this.#position
    const key = this.#match(/\[\s*(?:-?\d+|'[^'\\\n]*'|"[^"\\\n]*")\s*\]/y, start)
    if (key === null) throw this.#unexpected('Between [ and ] a number or a name in quotes is expected')
    this.#position = start + key.length
    const inner = key.slice(1, -1).trim()
    const value = /^-?\d/.test(inner) ? Number(inner) : inner.slice(1, -1)
    return { kind: 'literal', value, span: this.#span(start) }
  }

  #hole(start: number): ConditionTree {
    if (!this.#hasHoles) throw this.#wrong('Text that blocks made has a hole in it', 'Values are not evaluated again')
    this.#lexer.enter(start + 2, false, start)
    const expression = this.#expressions.expression()
    const end = this.#lexer.peek()
    if (end.kind !== 'end') throw this.#expressions.unexpected('the end of the hole')
    this.#lexer.next()
    this.#position = end.end
    const text = this.#source.slice(start + 2, end.start).trim()
    return { kind: 'operand', expression, text, span: this.#span(start) }
  }

  #text(start: number, quote: string): ConditionTree {
    const parts: (string | ConditionTree)[] = []
    let text = ''
    let at = start + 1
    for (;;) {
      const char = this.#source.charAt(at)
      if (char === '')
        throw new TemplateFault('TEMPLATE_SYNTAX', 'A text is not closed', `Close it with ${quote}`, start)
      if (char === quote) break
      if (this.#hasHoles && this.#source.startsWith('{{', at)) {
        if (text !== '') parts.push(text)
        text = ''
        parts.push(this.#hole(at))
        at = this.#position
      } else if (char === '\\' && at + 1 < this.#source.length) {
        text += unescaped(this.#source.charAt(at + 1))
        at += 2
      } else {
        text += char
        at += 1
      }
    }
    if (text !== '') parts.push(text)
    this.#position = at + 1
    const isPlain = parts.every((part) => typeof part === 'string')
    if (isPlain) return { kind: 'literal', value: parts.join(''), span: this.#span(start) }
    return { kind: 'text', parts, span: this.#span(start) }
  }

  /** The word or symbol that is next; `null` at the end. Other things, as holes and quotes, are their first character. */
  #peek(): string | null {
    const start = afterSpace(this.#source, this.#position)
    if (start >= this.#source.length) return null
    return this.#match(SYMBOLS, start) ?? this.#match(WORD, start) ?? this.#source.charAt(start)
  }

  #take(word: string): boolean {
    if (this.#peek() !== word) return false
    this.#position = afterSpace(this.#source, this.#position) + word.length
    return true
  }

  #match(pattern: RegExp, at: number): string | null {
    pattern.lastIndex = at
    return pattern.exec(this.#source)?.[0] ?? null
  }

  #nested<T>(parse: () => T): T {
    const { nestingMax } = this.#options.limits
    this.#depth += 1
    if (this.#depth > nestingMax) throw this.#limit(`Nested more than ${nestingMax} levels deep (nestingMax)`)
    const result = parse()
    this.#depth -= 1
    return result
  }

  #chain(links: number): void {
    const { chainMax } = this.#options.limits
    if (links >= chainMax) throw this.#limit(`More than ${chainMax} in a row (chainMax)`)
  }

  #limit(message: string): TemplateFault {
    return new TemplateFault('TEMPLATE_LIMIT', message, null, this.#position)
  }

  #wrong(message: string, hint: string): TemplateFault {
    return new TemplateFault('TEMPLATE_SYNTAX', message, hint, afterSpace(this.#source, this.#position))
  }

  #unexpected(message: string | null = null): TemplateFault {
    const next = this.#peek()
    const hint = next === null ? null : (HINTS[next] ?? "Text stands in quotes; around holes, too: '{{ … }}'")
    const found = next === null ? 'The condition ends too early' : `Unexpected ${next}`
    const at = afterSpace(this.#source, this.#position)
    return new TemplateFault('TEMPLATE_SYNTAX', message ?? found, hint, at)
  }

  #span(start: number): TemplateSpan {
    return { start, end: this.#position }
  }
}

const HINTS: Readonly<Record<string, string>> = {
  '=': 'Write == to compare',
  '&': 'Write && or and',
  '|': 'Write || or or; filters stand inside {{ }}',
  is: 'Tests stand inside {{ }}: {{ x is defined }}',
  if: 'Write the condition alone, or {{ a if b else c }}',
}

function unescaped(char: string): string {
  if (char === 'n') return '\n'
  if (char === 't') return '\t'
  return char === '"' || char === "'" || char === '\\' ? char : `\\${char}`
}
