// Follows source code as it is written, to know where a hole stands: bare, in quotes, in a comment.
import type { CodeLanguage, Escape } from './escape.ts'

type Place = {
  readonly kind: 'code' | 'text' | 'line-comment' | 'block-comment' | 'regex'
  /** What ends a text. */
  readonly quote: string
  readonly isRaw: boolean
  /** Whether braces (Python) or `${` (JavaScript) begin code inside the text. */
  readonly hasCode: boolean
}

const CODE: Place = { kind: 'code', quote: '', isRaw: false, hasCode: false }
const COMMENTS = {
  line: { kind: 'line-comment', quote: '\n', isRaw: true, hasCode: false },
  block: { kind: 'block-comment', quote: '*/', isRaw: true, hasCode: false },
} as const
const REGEX: Place = { kind: 'regex', quote: '/', isRaw: false, hasCode: false }
/** After one of these, or at the beginning, a slash begins a regular expression of JavaScript. */
const BEFORE_REGEX = '(,=:[!&|?{};+-*%<>~^'

export class CodeScanner {
  readonly #language: CodeLanguage
  /** From the outside in. */
  #places: Place[] = [CODE]
  /** Open braces of each code place, to know which one closes it. */
  #braces: number[] = [0]
  /** The name that is being read, which may be a prefix of a text. */
  #word = ''
  /** Characters of the next text that a backslash at the end of the last one has taken already. */
  #ahead = 0
  /** The last character that is no space. */
  #before = ''

  constructor(language: CodeLanguage) {
    this.#language = language
  }

  /** What a value has to become that is written next. */
  get escape(): Escape {
    const place = this.#place
    if (place.kind === 'code') return this.#language
    if (place.kind === 'regex') return 'javascript-regex'
    if (place.kind !== 'text') return place.kind
    const isSingle = place.quote.startsWith("'")
    if (this.#language === 'json') return 'json-string'
    if (this.#language === 'javascript')
      return place.hasCode ? 'javascript-template' : isSingle ? 'javascript-single' : 'javascript-double'
    if (place.isRaw && place.hasCode) return 'python-raw-format'
    if (place.hasCode) return isSingle ? 'python-format-single' : 'python-format-double'
    if (!place.isRaw) return isSingle ? 'python-single' : 'python-double'
    if (place.quote.length === 3) return isSingle ? 'python-raw-triple-single' : 'python-raw-triple-double'
    return isSingle ? 'python-raw-single' : 'python-raw-double'
  }

  /** Whether a backslash before the value would make something else of its first character. */
  get isAfterBackslash(): boolean {
    return this.#ahead > 0
  }

  /** Whether a name ends here, which could become the prefix of a text. */
  get isAfterName(): boolean {
    return this.#word !== ''
  }

  /** Follows `text`, which is the template's own. */
  feed(text: string): void {
    let at = this.#ahead
    while (at < text.length) at += this.#step(text, at)
    this.#ahead = at - text.length
  }

  /** A value was written here. */
  wrote(): void {
    this.#word = ''
    this.#before = ')'
    this.#ahead = 0
  }

  get #place(): Place {
    return this.#places.at(-1) ?? CODE
  }

  /** Looks at the character at `at`; how many characters that took. */
  #step(text: string, at: number): number {
    const place = this.#place
    return place.kind === 'code' ? this.#code(text, at) : this.#inside(text, at, place)
  }

  #inside(text: string, at: number, place: Place): number {
    const char = text.charAt(at)
    if (char === '\\' && (place.kind === 'text' || place.kind === 'regex')) return 2
    if (text.startsWith(place.quote, at)) {
      this.#leave()
      return place.quote.length
    }
    const isOneLine =
      (place.kind === 'text' && place.quote.length === 1 && place.quote !== '`') || place.kind === 'regex'
    if (char === '\n' && isOneLine) this.#leave()
    if (!place.hasCode) return 1
    const isPython = this.#language === 'python'
    if (isPython && char === '{' && text[at + 1] === '{') return 2
    if (!isPython && char === '$' && text[at + 1] === '{') return this.#enter(CODE, 2)
    return isPython && char === '{' ? this.#enter(CODE, 1) : 1
  }

  #code(text: string, at: number): number {
    const char = text.charAt(at)
    if (/[\w$]/.test(char)) this.#word += char
    else {
      const taken = this.#punctuation(text, at, char)
      this.#word = ''
      if (taken > 0) return taken
    }
    if (!/\s/.test(char)) this.#before = char
    return 1
  }

  /** How many characters were taken; none where nothing begins or ends. */
  #punctuation(text: string, at: number, char: string): number {
    const isPython = this.#language === 'python'
    if (char === '"' || (char === "'" && this.#language !== 'json')) return this.#text(text, at, char)
    if (this.#language === 'json') return 0
    if (isPython && char === '#') return this.#enter(COMMENTS.line, 1)
    if (!isPython && char === '`') return this.#enter({ kind: 'text', quote: '`', isRaw: false, hasCode: true }, 1)
    if (!isPython && char === '/') return this.#slash(text, at)
    return this.#brace(char)
  }

  #text(text: string, at: number, char: string): number {
    const isPython = this.#language === 'python'
    const prefix = isPython && /^(?:[rbfut]|[bft]r|r[bft])$/i.test(this.#word) ? this.#word.toLowerCase() : ''
    const isTriple = isPython && text.startsWith(char.repeat(3), at)
    const quote = isTriple ? char.repeat(3) : char
    const place: Place = { kind: 'text', quote, isRaw: prefix.includes('r'), hasCode: /[ft]/.test(prefix) }
    return this.#enter(place, quote.length)
  }

  #slash(text: string, at: number): number {
    if (text[at + 1] === '/') return this.#enter(COMMENTS.line, 2)
    if (text[at + 1] === '*') return this.#enter(COMMENTS.block, 2)
    const isAfterWord = /^(?:return|typeof|case|in|of|void|delete|throw|new)$/.test(this.#word)
    const begins = this.#before === '' || BEFORE_REGEX.includes(this.#before) || isAfterWord
    return begins ? this.#enter(REGEX, 1) : 0
  }

  #brace(char: string): number {
    if (this.#places.length === 1) return 0
    const depth = this.#braces.at(-1) ?? 0
    if (char === '{') this.#braces[this.#braces.length - 1] = depth + 1
    if (char !== '}') return 0
    if (depth > 0) this.#braces[this.#braces.length - 1] = depth - 1
    else {
      this.#places.pop()
      this.#braces.pop()
    }
    return 1
  }

  #enter(place: Place, taken: number): number {
    this.#places.push(place)
    if (place.kind === 'code') this.#braces.push(0)
    this.#before = ''
    return taken
  }

  #leave(): void {
    this.#places.pop()
    this.#word = ''
    this.#before = ')'
  }
}
