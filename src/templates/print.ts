// Values as text: as Python writes them, or as JSON with Python's spaces.
// A leaf inside is left to whoever takes the text.
import type { CodeLanguage } from './escape.ts'
import { beyond } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { TextBuilder } from './text-builder.ts'
import { Callable, Dict, Float, Iterator, Markup, Range, Thing, Tuple, Undefined, View } from './values.ts'

type Style = 'json' | 'python'

/** The text of `value` in a template's text: texts as they are, everything else by `style`. */
export function writeText(rt: Runtime, out: TextBuilder, value: unknown, style: Style = rt.settings.text): void {
  if (typeof value === 'string') out.text += value
  else if (value instanceof Markup) out.text += value.text
  else if (value instanceof Undefined) return
  else if (rt.isLeaf(value)) out.leaf(value, 'plain')
  else writeOpened(rt, out, rt.inText(value), style)
}

function writeOpened(rt: Runtime, out: TextBuilder, value: unknown, style: Style): void {
  if (typeof value === 'string') out.text += value
  else new Printer(rt, out, style, false).write(value)
}

/** `value` as a literal of `language`. */
export function writeLiteral(rt: Runtime, out: TextBuilder, value: unknown, language: CodeLanguage): void {
  new Printer(rt, out, language === 'python' ? 'python' : 'json', language === 'javascript').write(value)
}

/** The text of `value`, with leaves opened. */
export function textOf(rt: Runtime, value: unknown): string {
  if (typeof value === 'string') return value
  const opened = rt.open(value)
  const out = new TextBuilder()
  writeText(rt, out, opened)
  const parts = out.done()
  return typeof parts === 'string' ? parts : textOf(rt, rt.settings.leaves?.join(parts))
}

/** As Python's `repr`, with leaves opened. */
export function reprOf(rt: Runtime, value: unknown): string {
  const out = new TextBuilder()
  new Printer(rt, out, 'python', false, true).write(value)
  return out.text
}

class Printer {
  readonly #rt: Runtime
  readonly #out: TextBuilder
  readonly #style: Style
  readonly #isScript: boolean
  readonly #opensLeaves: boolean
  readonly #lengthMax: number

  constructor(rt: Runtime, out: TextBuilder, style: Style, isScript: boolean, opensLeaves = false) {
    this.#rt = rt
    this.#out = out
    this.#style = style
    this.#isScript = isScript
    this.#opensLeaves = opensLeaves
    this.#lengthMax = rt.settings.limits.textLengthMax
  }

  write(value: unknown): void {
    const out = this.#out
    if (out.length > this.#lengthMax) throw beyond('A text is too long', 'textLengthMax', this.#lengthMax)
    if (typeof value === 'string') out.text += this.#quoted(value)
    else if (value === null) out.text += this.#style === 'python' ? 'None' : 'null'
    else if (typeof value === 'boolean') out.text += this.#boolean(value)
    else if (typeof value === 'number') out.text += numberText(value, this.#style)
    else if (typeof value === 'bigint') out.text += String(value)
    else if (Array.isArray(value)) this.#list(value, '[', ']')
    else if (this.#rt.isLeaf(value)) this.#leaf(value)
    else this.#object(this.#rt.inText(value), value)
  }

  #leaf(leaf: object): void {
    if (this.#opensLeaves) this.write(this.#rt.open(leaf))
    else this.#out.leaf(leaf, this.#isScript ? 'javascript' : this.#style)
  }

  #object(value: unknown, closed: unknown): void {
    const out = this.#out
    if (value !== closed) return this.write(value)
    if (value instanceof Float) out.text += numberText(value, this.#style)
    else if (value instanceof Tuple) this.#tuple(value.items)
    else if (value instanceof Dict) this.#mapping(value.entries())
    else if (value instanceof Undefined) out.text += this.#style === 'python' ? 'Undefined' : 'null'
    else if (value instanceof Markup)
      out.text += this.#style === 'python' ? `Markup(${this.#quoted(value.text)})` : this.#quoted(value.text)
    else if (value instanceof View) this.#view(value)
    else if (value instanceof Range) this.#range(value)
    else if (value instanceof Iterator || value instanceof Callable || value instanceof Thing) this.#opaque(value)
    else if (typeof value === 'object' && value !== null) this.#mapping(Object.entries(value))
    else out.text += '<unknown>'
  }

  /** What has no form as data. */
  #opaque(value: Iterator | Callable | Thing): void {
    if (value instanceof Iterator && this.#style === 'json') this.#list(value.rest(), '[', ']')
    else if (value instanceof Iterator) this.#out.text += '<generator>'
    else this.#out.text += value instanceof Callable ? `<function ${value.name}>` : `<${value.name}>`
  }

  #boolean(value: boolean): string {
    if (this.#style === 'json') return value ? 'true' : 'false'
    return value ? 'True' : 'False'
  }

  #quoted(text: string): string {
    this.#rt.scan(text.length * 8)
    if (this.#style === 'python') return pythonQuoted(text)
    const json = JSON.stringify(text)
    if (!this.#isScript) return json
    return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('</', '<\\/')
  }

  #view(view: View): void {
    if (this.#style === 'json') return this.#list(view.items, '[', ']')
    this.#out.text += `dict_${view.kind}(`
    this.#list(view.items, '[', '])')
  }

  #range(range: Range): void {
    if (this.#style === 'json') {
      this.#list(
        Array.from({ length: range.length }, (_, index) => range.at(index)),
        '[',
        ']',
      )
      return
    }
    const step = range.step === 1 ? '' : `, ${range.step}`
    this.#out.text += `range(${range.start}, ${range.stop}${step})`
  }

  #tuple(items: readonly unknown[]): void {
    if (this.#style === 'json') this.#list(items, '[', ']')
    else this.#list(items, '(', items.length === 1 ? ',)' : ')')
  }

  #list(items: readonly unknown[], open: string, close: string): void {
    this.#rt.tick(items.length)
    this.#out.text += open
    for (let index = 0; index < items.length; index += 1) {
      if (index > 0) this.#out.text += ', '
      this.write(items[index])
    }
    this.#out.text += close
  }

  #mapping(entries: readonly (readonly [unknown, unknown])[]): void {
    this.#rt.tick(entries.length)
    this.#out.text += '{'
    let isFirst = true
    for (const [key, value] of entries) {
      if (!isFirst) this.#out.text += ', '
      isFirst = false
      if (this.#style === 'python') this.write(key)
      else this.#out.text += this.#quoted(keyText(key))
      this.#out.text += ': '
      this.write(value)
    }
    this.#out.text += '}'
  }
}

/** A key as JSON has it. */
export function keyText(key: unknown): string {
  if (typeof key === 'string') return key
  if (key instanceof Markup) return key.text
  if (typeof key === 'number' || typeof key === 'bigint' || key instanceof Float) return numberText(key, 'json')
  if (key instanceof Tuple) return `(${key.items.map(keyText).join(', ')})`
  return key === null || typeof key === 'boolean' ? String(key) : ''
}

/** A number as it is written in text. */
export function numberText(value: number | bigint | Float, style: Style): string {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Float) {
    if (style === 'json' && Math.abs(value.value) >= 1e16) return String(value.value)
    return pythonFloat(value.value)
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value)
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  return style === 'python' ? pythonFloat(value) : String(value)
}

/** The shortest digits that read back as the same float, with an exponent where Python has one. */
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    const size = Math.abs(exponent)
    return `${digits}e${exponent < 0 ? '-' : '+'}${size < 10 ? `0${size}` : size}`
  }
  if (Number.isInteger(value)) return `${value}.0`
  return exponent < -6 ? value.toFixed(20).replace(/0+$/, '') : String(value)
}

/** Text in quotes, as Python's `repr` writes it. */
function pythonQuoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  if (!/[\\'\p{C}\p{Z}]/u.test(text)) return `${quote}${text}${quote}`
  const inside = text.replaceAll(/[\\'"]|(?! )[\p{C}\p{Z}]/gu, (char) => {
    if (char === '\\' || char === quote) return `\\${char}`
    if (char === "'" || char === '"') return char
    return pythonEscape(char)
  })
  return `${quote}${inside}${quote}`
}

/** Text of ASCII alone, other characters escaped. */
export function asciiOf(text: string): string {
  return text.replaceAll(/[\u0080-\u{10ffff}]/gu, pythonEscape)
}

function pythonEscape(char: string): string {
  const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[char]
  if (named !== undefined) return named
  const point = char.codePointAt(0) ?? 0
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`
  if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`
  return `\\U${point.toString(16).padStart(8, '0')}`
}
