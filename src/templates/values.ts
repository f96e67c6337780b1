// The values of a template beside plain data. None of them is a function or has anything of its class shown:
// what a template may reach is asked of `access.ts`, which knows each kind.
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'

/** What `read` may answer for something that does not exist. */
export const UNDEFINED: unique symbol = Symbol('undefined')

/** What is not there, and the sentence that says so. */
export class Undefined {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** A whole number that is a float all the same, as `6 / 2` or `2.0`. Other floats are plain numbers. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** A tuple. `names` lets its items be read by name. */
export class Tuple {
  readonly items: readonly unknown[]
  readonly names: readonly string[]
  constructor(items: readonly unknown[], names: readonly string[] = []) {
    this.items = items
    this.names = names
  }
}

/** A mapping made by a template; its keys may be any value that can be compared. */
export class Dict {
  readonly #entries = new Map<unknown, readonly [key: unknown, value: unknown]>()

  get size(): number {
    return this.#entries.size
  }

  get(key: unknown): unknown {
    return this.#entries.get(keyOf(key))?.[1]
  }

  has(key: unknown): boolean {
    return this.#entries.has(keyOf(key))
  }

  set(key: unknown, value: unknown): void {
    const id = keyOf(key)
    this.#entries.set(id, [this.#entries.get(id)?.[0] ?? key, value])
  }

  entries(): readonly (readonly [key: unknown, value: unknown])[] {
    return [...this.#entries.values()]
  }
}

/** Text that a filter has made ready for its target: HTML that is escaped, JSON, or what somebody calls safe. */
export class Markup {
  readonly text: string
  readonly kind: 'html' | 'json' | 'safe'
  constructor(text: string, kind: 'html' | 'json' | 'safe' = 'html') {
    this.text = text
    this.kind = kind
  }

  /** What text that was made of it is: a part of JSON is no JSON. */
  with(text: string): Markup {
    return new Markup(text, this.kind === 'json' ? 'html' : this.kind)
  }
}

/** Named arguments of a call. */
export type Named = ReadonlyMap<string, unknown>

type Call = (rt: Runtime, args: readonly unknown[], named: Named) => unknown

/** What can be called: a macro, a method with its value, a global. */
export class Callable {
  readonly name: string
  readonly call: Call
  /** Writes what `call` would give to where the template writes; `null` for what gives a value. */
  readonly write: ((rt: Runtime, args: readonly unknown[], named: Named) => void) | null
  constructor(name: string, call: Call, write: Callable['write'] = null) {
    this.name = name
    this.call = call
    this.write = write
  }
}

/** The numbers of a `range`, which are made when they are needed. */
export class Range {
  readonly start: number
  readonly stop: number
  readonly step: number
  readonly length: number
  constructor(start: number, stop: number, step: number) {
    this.start = start
    this.stop = stop
    this.step = step
    this.length = Math.max(0, Math.ceil((stop - start) / step))
  }

  at(index: number): number {
    return this.start + index * this.step
  }
}

/** What can be read once, from the beginning to the end, as what `map` gives. */
export class Iterator {
  readonly #items: readonly unknown[]
  #index = 0
  constructor(items: readonly unknown[]) {
    this.#items = items
  }

  rest(): readonly unknown[] {
    const rest = this.#index === 0 ? this.#items : this.#items.slice(this.#index)
    this.#index = this.#items.length
    return rest
  }

  next(): { readonly value: unknown } | null {
    if (this.#index >= this.#items.length) return null
    this.#index += 1
    return { value: this.#items[this.#index - 1] }
  }
}

/** The keys, values or items of a mapping. */
export class View {
  readonly kind: 'keys' | 'values' | 'items'
  readonly items: readonly unknown[]
  constructor(kind: 'keys' | 'values' | 'items', items: readonly unknown[]) {
    this.kind = kind
    this.items = items
  }
}

/** Something with members of its own: `loop`, a namespace, a macro's view of itself. */
export class Thing {
  readonly name: string
  /** `undefined` where there is no such member. */
  readonly member: (rt: Runtime, name: string) => unknown
  readonly assign: ((name: string, value: unknown) => void) | null
  readonly call: Callable | null
  readonly length: number | null
  constructor(
    name: string,
    member: Thing['member'],
    more: { readonly assign?: Thing['assign']; readonly call?: Callable; readonly length?: number } = {},
  ) {
    this.name = name
    this.member = member
    this.assign = more.assign ?? null
    this.call = more.call ?? null
    this.length = more.length ?? null
  }
}

/** A mapping of plain data. Only its own properties count. */
export type PlainMapping = { readonly [key: string]: unknown }

const CLASSES: readonly (abstract new (...args: never) => object)[] = [
  Undefined,
  Float,
  Tuple,
  Dict,
  Markup,
  Callable,
  Range,
  Iterator,
  View,
  Thing,
]

/** Whether `value` is a list: of plain data, or made by the template. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** Whether `value` is a mapping of plain data. Hot: plain data comes first. */
export function isPlainMapping(value: unknown): value is PlainMapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  return !CLASSES.some((kind) => value instanceof kind)
}

/** What a mapping is looked up by: equal numbers are one key, and so are equal tuples. */
function keyOf(key: unknown): unknown {
  if (typeof key === 'string' || typeof key === 'number' || key === null) return key
  if (typeof key === 'boolean') return key ? 1 : 0
  if (key instanceof Float) return key.value
  if (key instanceof Markup) return key.text
  if (typeof key === 'bigint') return key
  if (key instanceof Tuple) return `\0${JSON.stringify(key.items.map((item) => shownKey(keyOf(item))))}`
  if (key instanceof Undefined) return `\0undefined`
  if (key instanceof Callable || key instanceof Thing || key instanceof Range) return key
  throw fault('A list or mapping cannot be a key', 'Use text or a number')
}

function shownKey(key: unknown): string {
  return `${typeof key}:${String(key)}`
}

/** What `value` is, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'none'
  if (typeof value === 'string' || value instanceof Markup) return 'text'
  if (typeof value === 'boolean') return 'a boolean'
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return 'a number'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Undefined) return 'undefined'
  if (value instanceof Tuple) return 'a tuple'
  if (value instanceof Callable) return 'a function'
  if (value instanceof Range) return 'a range'
  if (value instanceof Iterator || value instanceof View) return 'a sequence'
  if (value instanceof Thing) return value.name
  return typeof value === 'object' ? 'a mapping' : 'a value of no known kind'
}
