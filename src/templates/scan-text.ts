// Splits a template into its text, its holes, its blocks and its comments, with Jinja2's rules for the space between them.
import { TemplateFault } from './problem.ts'

/** Where expressions begin, or text that is passed on. */
export type Opening = { readonly kind: 'hole' | 'block'; readonly start: number; readonly inside: number }

/** One line ending for all, and without the one at the end, as Jinja2 has it. */
export function normalise(text: string): string {
  const unified = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text
  return unified.endsWith('\n') ? unified.slice(0, -1) : unified
}

const SPACE = /\s*/y
const RAW_BEGIN = /\{%[-+]?\s*raw\s*(?:(-)%\}\s*|%\})/y
const RAW_END = /\{%([-+]?)\s*endraw\s*(?:-%\}\s*|\+?%\})/g

/** Walks over the text between holes and blocks. */
export class TextScanner {
  readonly source: string
  /** Where the next text begins. */
  position = 0

  constructor(source: string) {
    this.source = source
  }

  /** The next piece: text, then what opens after it; `null` as the opening at the end. */
  next(): { readonly text: string; readonly opening: Opening | null } {
    const { source } = this
    let text = ''
    for (;;) {
      const start = this.#nextOpening()
      if (start === -1) {
        text += source.slice(this.position)
        this.position = source.length
        return { text, opening: null }
      }
      const data = source.slice(this.position, start)
      const sign = source[start + 2]
      text += sign === '-' ? data.trimEnd() : data
      const inside = start + (sign === '-' || sign === '+' ? 3 : 2)
      if (source[start + 1] === '#') this.#skipComment(start, inside)
      else if (source[start + 1] === '%' && this.#isRaw(start)) text += this.#raw(start)
      else return { text, opening: { kind: source[start + 1] === '%' ? 'block' : 'hole', start, inside } }
    }
  }

  #nextOpening(): number {
    const { source } = this
    for (let at = source.indexOf('{', this.position); at !== -1; at = source.indexOf('{', at + 1)) {
      const after = source[at + 1]
      if (after === '{' || after === '%' || after === '#') return at
    }
    return -1
  }

  #skipComment(start: number, inside: number): void {
    const end = this.source.indexOf('#}', inside)
    if (end === -1) throw new TemplateFault('TEMPLATE_SYNTAX', 'A comment is not closed', 'Close it with #}', start)
    const isTrimming = this.source[end - 1] === '-' && end - 1 >= inside
    this.position = isTrimming ? afterSpace(this.source, end + 2) : end + 2
  }

  #isRaw(start: number): boolean {
    RAW_BEGIN.lastIndex = start
    return RAW_BEGIN.test(this.source)
  }

  #raw(start: number): string {
    RAW_BEGIN.lastIndex = start
    const begin = RAW_BEGIN.exec(this.source)
    const from = start + (begin?.[0].length ?? 0)
    RAW_END.lastIndex = from
    const end = RAW_END.exec(this.source)
    if (end === null)
      throw new TemplateFault('TEMPLATE_SYNTAX', 'A raw block is not closed', 'Close it with {% endraw %}', start)
    this.position = end.index + end[0].length
    const data = this.source.slice(from, end.index)
    return end[1] === '-' ? data.trimEnd() : data
  }
}

/** The first offset from `at` on that holds no white space. */
export function afterSpace(source: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.test(source)
  return SPACE.lastIndex
}
