// JSON in and out, as the filters `tojson` and `fromjson` have it.
import { isBeyondBounds } from '../lib/plain-data.ts'
import { entriesOf } from './iterate.ts'
import { isFloat } from './numbers.ts'
import { keyText, numberText } from './print.ts'
import { compareTexts } from './characters.ts'
import { beyond, fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { Float, isList, kindOf, Markup, Tuple } from './values.ts'

/** `value` as JSON of ASCII, keys in order, safe inside HTML: `<`, `>`, `&` and `'` are escaped. */
export function toJson(rt: Runtime, value: unknown, indent: number | null): string {
  const json = new JsonWriter(rt, indent).text(value, 0)
  return json.replaceAll(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
}

class JsonWriter {
  readonly #rt: Runtime
  readonly #indent: number | null
  #length = 0

  constructor(rt: Runtime, indent: number | null) {
    this.#rt = rt
    this.#indent = indent === null ? null : Math.max(0, indent)
  }

  text(of: unknown, depth: number): string {
    const value = this.#rt.open(of)
    const written = this.#one(value, depth)
    return written
  }

  #one(value: unknown, depth: number): string {
    if (value === null || typeof value === 'boolean') return String(value)
    if (typeof value === 'string') return this.#quoted(value)
    if (value instanceof Markup) return this.#quoted(value.text)
    if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return jsonNumber(value)
    if (isList(value)) return this.#list(value, depth)
    if (value instanceof Tuple) return this.#list(value.items, depth)
    const entries = entriesOf(this.#rt, value)
    if (entries === null) throw fault(`${kindOf(value)} has no form in JSON`)
    return this.#mapping(entries, depth)
  }

  #quoted(text: string): string {
    this.#made(text.length)
    return JSON.stringify(text).replaceAll(
      /[\u007f-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  }

  #list(items: readonly unknown[], depth: number): string {
    this.#rt.tick(items.length)
    return this.#wrapped(
      items.map((item) => this.text(item, depth + 1)),
      '[]',
      depth,
    )
  }

  #mapping(entries: readonly (readonly [unknown, unknown])[], depth: number): string {
    this.#rt.tick(entries.length * 4)
    const sorted = entries.map(([key, value]) => [keyText(key), value] as const)
    const texts = entries.filter(([key]) => typeof key === 'string').length
    if (texts > 0 && texts < entries.length) throw fault('Keys of text and others have no order', 'Make all keys text')
    sorted.sort(([a], [b]) => compareTexts(a, b))
    const written = sorted.map(([key, value]) => `${this.#quoted(key)}: ${this.text(value, depth + 1)}`)
    return this.#wrapped(written, '{}', depth)
  }

  #wrapped(parts: readonly string[], [open = '', close = '']: string, depth: number): string {
    if (parts.length === 0) return open + close
    const indent = this.#indent
    if (indent === null) return `${open}${parts.join(', ')}${close}`
    this.#made((parts.length + 1) * indent * (depth + 1))
    const [inner, outer] = [' '.repeat(indent * (depth + 1)), ' '.repeat(indent * depth)]
    return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${outer}${close}`
  }

  #made(length: number): void {
    this.#length += length
    this.#rt.fits(this.#length)
    this.#rt.scan(length)
  }
}

function jsonNumber(value: number | bigint | Float): string {
  if (typeof value === 'number' && isFloat(value) && !Number.isFinite(value))
    throw fault(`${value} has no form in JSON`)
  return numberText(value, 'python')
}

/** The data that `text` is as JSON. */
export function fromJson(rt: Runtime, text: string): unknown {
  rt.scan(text.length * 4)
  const value = parsed(text)
  const { valueDepthMax } = rt.settings.limits
  if (isBeyondBounds(value)) throw beyond('A value is nested too deep', 'valueDepthMax', valueDepthMax)
  return value
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
    throw fault(`The text is no JSON: ${JSON.stringify(shown)}`)
  }
}
