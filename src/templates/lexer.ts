// The words of expressions, one at a time: numbers, names, texts, operators.
// Reads on demand, so that whoever parses may look at the text itself, as names with hyphens need.
import type { Limits } from './limits.ts'
import { float as toFloat } from './numbers.ts'
import { TemplateFault } from './problem.ts'
import { afterSpace } from './scan-text.ts'

export type Token = {
  readonly kind: 'name' | 'number' | 'text' | 'operator' | 'end'
  /** The word as it is written; of an end, what it ends: `}}` or `%}`. */
  readonly text: string
  /** Of numbers and texts. */
  readonly value: unknown
  readonly start: number
  readonly end: number
}

const NAME = /[\p{L}_\p{Nl}][\p{L}\p{N}\p{M}_]*/uy
const FLOAT = /\d+(?:_\d+)*(?:(?:\.\d+(?:_\d+)*)?e[+-]?\d+(?:_\d+)*|\.\d+(?:_\d+)*)/iy
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy
const TEXT = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[+\-/*%~[\](){}><=.:|,;]/y

/** Reads the words of one hole or block after another. */
export class Lexer {
  readonly source: string
  position = 0
  /** Open brackets: where there are some, `}}` and `%}` end nothing. */
  #open: string[] = []
  #lookahead: Token | null = null
  /** Whether what opened is a block. */
  #isBlock = false
  #opened = 0
  #previousEnd = 0
  #words = 0
  readonly #limits: Limits

  constructor(source: string, limits: Limits) {
    this.source = source
    this.#limits = limits
  }

  /** Begins to read the inside of a hole or a block. */
  enter(position: number, isBlock: boolean, opened: number): void {
    this.position = position
    this.#isBlock = isBlock
    this.#opened = opened
    this.#open = []
    this.#lookahead = null
    this.#previousEnd = position
  }

  get previousEnd(): number {
    return this.#previousEnd
  }

  peek(): Token {
    this.#lookahead ??= this.#read()
    return this.#lookahead
  }

  next(): Token {
    const token = this.peek()
    this.#lookahead = null
    this.#previousEnd = token.end
    return token
  }

  /** Takes a name that is written up to `end`, hyphens and all, instead of the name that is next. */
  nameUntil(end: number): Token {
    const { start } = this.peek()
    this.#lookahead = null
    this.position = end
    this.#previousEnd = end
    return { kind: 'name', text: this.source.slice(start, end), value: null, start, end }
  }

  #read(): Token {
    const { wordsMax } = this.#limits
    this.#words += 1
    if (this.#words > wordsMax)
      throw new TemplateFault('TEMPLATE_LIMIT', `More than ${wordsMax} words (wordsMax)`, null, this.position)
    const start = afterSpace(this.source, this.position)
    const end = this.#endAt(start)
    if (end !== null) return end
    if (start >= this.source.length) throw this.#unclosed()
    const number = this.#number(start)
    if (number !== null) return number
    const name = matchAt(NAME, this.source, start)
    if (name !== null) return this.#token('name', start, name, null)
    const text = matchAt(TEXT, this.source, start)
    if (text !== null) return this.#token('text', start, text, unescape(text.slice(1, -1), start))
    const operator = matchAt(OPERATOR, this.source, start)
    if (operator === null) throw this.#unexpected(start)
    this.#balance(operator, start)
    return this.#token('operator', start, operator, null)
  }

  #number(start: number): Token | null {
    const float = this.source[start - 1] === '.' ? null : matchAt(FLOAT, this.source, start)
    if (float !== null) return this.#token('number', start, float, toFloat(Number(float.replaceAll('_', ''))))
    const integer = matchAt(INTEGER, this.source, start)
    if (integer === null) return null
    const written = integer.replaceAll('_', '')
    if (written.length > 1_000) throw new TemplateFault('TEMPLATE_LIMIT', 'A number is too long', null, start)
    const value = Number(written)
    return this.#token('number', start, integer, Number.isSafeInteger(value) ? value : BigInt(written))
  }

  #endAt(start: number): Token | null {
    if (this.#open.length > 0) return null
    const close = this.#isBlock ? '%}' : '}}'
    const isTrimming = this.source.startsWith(`-${close}`, start)
    const isKeeping = this.#isBlock && this.source.startsWith(`+${close}`, start)
    if (!isTrimming && !isKeeping && !this.source.startsWith(close, start)) return null
    const end = start + close.length + (isTrimming || isKeeping ? 1 : 0)
    this.position = isTrimming ? afterSpace(this.source, end) : end
    return { kind: 'end', text: close, value: null, start, end }
  }

  #token(kind: Token['kind'], start: number, text: string, value: unknown): Token {
    this.position = start + text.length
    return { kind, text, value, start, end: this.position }
  }

  #balance(operator: string, start: number): void {
    const closer = { '(': ')', '[': ']', '{': '}' }[operator]
    if (closer !== undefined) this.#open.push(closer)
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = this.#open.pop()
      if (expected === operator) return
      const hint = expected === undefined ? 'Nothing is open here' : `Expected ${expected}`
      throw new TemplateFault('TEMPLATE_SYNTAX', `Unexpected ${operator}`, hint, start)
    }
    const { nestingMax } = this.#limits
    if (this.#open.length > nestingMax)
      throw new TemplateFault('TEMPLATE_LIMIT', `Nested more than ${nestingMax} levels deep (nestingMax)`, null, start)
  }

  #unclosed(): TemplateFault {
    const [what, close] = this.#isBlock ? ['A block', '%}'] : ['A hole', '}}']
    return new TemplateFault('TEMPLATE_SYNTAX', `${what} is not closed`, `Close it with ${close}`, this.#opened)
  }

  #unexpected(start: number): TemplateFault {
    const char = this.source.charAt(start)
    if (char === '"' || char === "'")
      return new TemplateFault('TEMPLATE_SYNTAX', 'A text is not closed', `Close it with ${char}`, start)
    const hint = { '&': 'Write "and"', '?': 'Write "a if b else c"', '!': 'Write "not"', '`': 'Write quotes' }[char]
    return new TemplateFault('TEMPLATE_SYNTAX', `Unexpected ${char}`, hint ?? null, start)
  }
}

/** What `pattern`, which is sticky, matches at `at`. */
function matchAt(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0] ?? null
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g

/** Python's escapes. */
function unescape(text: string, start: number): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(ESCAPE, (all, ...groups) => {
    const [x, u, long, octal, char]: (string | undefined)[] = groups
    const hex = x ?? u ?? long
    if (hex !== undefined) {
      const point = Number.parseInt(hex, 16)
      if (point > 0x10ffff) throw new TemplateFault('TEMPLATE_SYNTAX', `No character ${all}`, null, start)
      return String.fromCodePoint(point)
    }
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    const escaped = Object.hasOwn(ESCAPES, char ?? '') ? ESCAPES[char ?? ''] : undefined
    if (escaped === undefined && (char === 'x' || char === 'u' || char === 'U' || char === 'N'))
      throw new TemplateFault(
        'TEMPLATE_SYNTAX',
        `The escape ${all} is not complete`,
        'Write \\\\ for a backslash',
        start,
      )
    return escaped ?? all
  })
}
