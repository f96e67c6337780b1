// What `.name` and `[key]` find: own members of data, and methods of an allow-list. Nothing of the host is reachable:
// no prototype is read, and what has no data has no members.
import { characterAt, charactersOf, sliceOf } from './characters.ts'
import { memberOf, plainText, undefinedFault } from './compare.ts'
import { itemsOf } from './iterate.ts'
import { methodOf } from './methods/methods.ts'
import { toNumeric, isFloat } from './numbers.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { isList, kindOf, Markup, Range, Thing, Tuple, Undefined } from './values.ts'

/** `of.name`: Jinja2 looks for a method first, which data of flows would lose its keys by; where text is JSON, keys win. */
export function attribute(rt: Runtime, of: unknown, name: string): unknown {
  const value = rt.open(of)
  if (value instanceof Undefined) throw undefinedFault(value)
  if (value instanceof Thing) return found(value.member(rt, name), value, name)
  if (value instanceof Tuple && value.names.includes(name)) return value.items[value.names.indexOf(name)]
  if (rt.settings.text === 'python') {
    const method = methodOf(value, name)
    return method === undefined ? found(memberOf(value, name), value, name) : method
  }
  const member = memberOf(value, name)
  return member === undefined ? found(methodOf(value, name), value, name) : member
}

/** What was found; or else that there is nothing. `none` is something. */
function found(what: unknown, of: unknown, key: unknown): unknown {
  return what === undefined ? missing(of, key) : what
}

/** `of[key]`: an item, or else, where the key is text, a method. */
export function item(rt: Runtime, of: unknown, byKey: unknown): unknown {
  const value = rt.open(of)
  if (value instanceof Undefined) throw undefinedFault(value)
  const key = plainText(rt.open(byKey))
  if (typeof key === 'string') {
    const member = value instanceof Thing ? value.member(rt, key) : memberOf(value, key)
    if (member !== undefined) return member
    if (value instanceof Tuple && value.names.includes(key)) return value.items[value.names.indexOf(key)]
    return found(methodOf(value, key), value, key)
  }
  const at = indexed(rt, value, key)
  return found(at === undefined ? memberOf(value, key) : at, value, key)
}

/** Whether `of` has an item under `key`, as filters that take an attribute ask; nothing there is undefined. */
export function path(rt: Runtime, of: unknown, keys: readonly (string | number)[]): unknown {
  let value = of
  for (const key of keys) {
    rt.tick()
    value = item(rt, value, key)
  }
  return value
}

/** The parts of an attribute that is written as text, as `addr.city` or `0.name`. */
export function pathParts(attributeOf: unknown): readonly (string | number)[] {
  const written = plainText(attributeOf)
  if (typeof written === 'string') return written.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  if (typeof written === 'number') return [written]
  if (written === null || written === undefined) return []
  throw fault(`An attribute is text or a number, not ${kindOf(written)}`)
}

function missing(of: unknown, key: unknown): Undefined {
  const name =
    typeof key === 'string' ? `"${key}"` : typeof key === 'number' ? `item ${key}` : `an item by ${kindOf(key)}`
  const kind = kindOf(of)
  return new Undefined(`${kind.charAt(0).toUpperCase()}${kind.slice(1)} has no ${name}`)
}

/** The item at a position, counted from the end where it is negative. */
function indexed(rt: Runtime, of: unknown, key: unknown): unknown {
  const position = typeof key === 'number' ? key : typeof key === 'boolean' ? Number(key) : null
  if (position === null || !Number.isInteger(position)) return undefined
  if (isList(of)) return of.at(position)
  if (of instanceof Tuple) return of.items.at(position)
  if (of instanceof Range) {
    const index = position < 0 ? position + of.length : position
    return index >= 0 && index < of.length ? of.at(index) : undefined
  }
  const text = plainText(of)
  if (typeof text !== 'string') return undefined
  rt.scan(text.length)
  const character = characterAt(text, position)
  return character !== undefined && of instanceof Markup ? of.with(character) : character
}

/** `of[start:stop:step]`. */
export function slice(rt: Runtime, of: unknown, start: unknown, stop: unknown, step: unknown): unknown {
  const value = rt.open(of)
  if (value instanceof Undefined) throw undefinedFault(value)
  const text = plainText(value)
  const isSliceable = typeof text === 'string' || isList(value) || value instanceof Tuple || value instanceof Range
  if (!isSliceable) throw fault(`Cannot slice ${kindOf(value)}`, 'Slices take a list or text')
  const by = bound(rt, step) ?? 1
  if (by === 0) throw fault('The step of a slice cannot be zero')
  const [from, to] = [bound(rt, start), bound(rt, stop)]
  if (typeof text === 'string') {
    const part = slicedText(rt, text, from, to, by)
    return value instanceof Markup ? value.with(part) : part
  }
  const cut = sliced(itemsOf(rt, value), from, to, by)
  rt.tick(cut.length)
  return value instanceof Tuple ? new Tuple(cut) : rt.own(cut)
}

function slicedText(rt: Runtime, text: string, from: number | null, to: number | null, by: number): string {
  rt.scan(text.length)
  if (by === 1) return sliceOf(text, from ?? 0, to ?? text.length)
  rt.tick(text.length >> 2)
  return sliced(charactersOf(text), from, to, by).join('')
}

function bound(rt: Runtime, of: unknown): number | null {
  const value = rt.open(of)
  if (value === null) return null
  const number = toNumeric(value)
  if (number === null || isFloat(number)) throw fault(`A slice takes whole numbers, not ${kindOf(value)}`)
  return Number(number)
}

function sliced(items: readonly unknown[], start: number | null, stop: number | null, step: number): unknown[] {
  const { length } = items
  const clamp = (at: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, at < 0 ? at + length : at))
  if (step === 1)
    return items.slice(start === null ? 0 : clamp(start, 0, length), stop === null ? length : clamp(stop, 0, length))
  const cut: unknown[] = []
  if (step > 0) {
    const end = stop === null ? length : clamp(stop, 0, length)
    for (let at = start === null ? 0 : clamp(start, 0, length); at < end; at += step) cut.push(items[at])
  } else {
    const end = stop === null ? -1 : clamp(stop, -1, length - 1)
    for (let at = start === null ? length - 1 : clamp(start, -1, length - 1); at > end; at += step) cut.push(items[at])
  }
  return cut
}
