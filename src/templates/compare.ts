// Truth, equality, order and membership, with Python's answers.
import { compareTexts } from './characters.ts'
import { entriesOf, itemsOf } from './iterate.ts'
import { compareNumbers, toDouble, toNumeric } from './numbers.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import {
  Dict,
  Float,
  isPlainMapping,
  Iterator,
  kindOf,
  Markup,
  Range,
  Thing,
  Tuple,
  Undefined,
  View,
} from './values.ts'

/** Whether `of` counts as true: what is empty, zero, none or undefined does not. */
export function isTrue(rt: Runtime, of: unknown): boolean {
  if (typeof of === 'boolean') return of
  if (typeof of === 'string') return of !== ''
  if (of === null) return false
  const value = rt.open(of)
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return toDouble(value) !== 0
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Undefined) return false
  if (value instanceof Tuple || value instanceof View) return value.items.length > 0
  if (value instanceof Range) return value.length > 0
  if (value instanceof Thing) return value.length !== 0
  if (value instanceof Markup) return value.text !== ''
  if (value instanceof Dict) return value.size > 0
  if (typeof value === 'boolean' || typeof value === 'string' || value === null) return isTrue(rt, value)
  if (!isPlainMapping(value)) return true
  for (const key in value) if (Object.hasOwn(value, key)) return true
  return false
}

/** Python's `==`. */
export function isEqual(rt: Runtime, left: unknown, right: unknown): boolean {
  const [a, b] = [plainText(rt.open(left)), plainText(rt.open(right))]
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length !== b.length) return false
    rt.scan(a.length)
    return a === b
  }
  const [x, y] = [toNumeric(a), toNumeric(b)]
  if (x !== null && y !== null) return compareNumbers(x, y) === 0
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && areEqual(rt, a, b)
  if (a instanceof Tuple) return b instanceof Tuple && areEqual(rt, a.items, b.items)
  if (a instanceof Undefined) return b instanceof Undefined
  if (a instanceof Range) return b instanceof Range && areEqual(rt, itemsOf(rt, a), itemsOf(rt, b))
  const [entries, others] = [entriesOf(rt, a), entriesOf(rt, b)]
  return entries !== null && others !== null && haveEqualEntries(rt, entries, others, b)
}

function areEqual(rt: Runtime, a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  rt.tick(a.length)
  return a.every((item, index) => isEqual(rt, item, b[index]))
}

type Entries = readonly (readonly [unknown, unknown])[]

function haveEqualEntries(rt: Runtime, entries: Entries, others: Entries, of: unknown): boolean {
  if (entries.length !== others.length) return false
  rt.tick(entries.length)
  return entries.every(([key, value]) => {
    const other = memberOf(rt.open(of), key)
    return other !== undefined && isEqual(rt, value, other)
  })
}

/** What a mapping has under `key`; `undefined` where it has nothing. */
export function memberOf(mapping: unknown, key: unknown): unknown {
  if (mapping instanceof Dict) return mapping.get(key)
  const name = plainText(key)
  if (!isPlainMapping(mapping) || typeof name !== 'string') return undefined
  return Object.hasOwn(mapping, name) ? mapping[name] : undefined
}

/** Less than zero, zero or more, as `left` is to `right`; NaN where one is no number. */
export function compare(rt: Runtime, left: unknown, right: unknown): number {
  const [a, b] = [plainText(rt.open(left)), plainText(rt.open(right))]
  if (typeof a === 'string' && typeof b === 'string') {
    rt.scan(Math.min(a.length, b.length))
    return compareTexts(a, b)
  }
  const [x, y] = [toNumeric(a), toNumeric(b)]
  if (x !== null && y !== null) return compareNumbers(x, y)
  if (Array.isArray(a) && Array.isArray(b)) return compareItems(rt, a, b)
  if (a instanceof Tuple && b instanceof Tuple) return compareItems(rt, a.items, b.items)
  if (a instanceof Undefined || b instanceof Undefined) throw undefinedFault(a instanceof Undefined ? a : b)
  throw fault(`Cannot order ${kindOf(a)} and ${kindOf(b)}`)
}

/** The fault of using something that is not there. */
export function undefinedFault(value: unknown): Error {
  const message = value instanceof Undefined ? value.message : 'A value is undefined'
  return fault(message, 'Use | default(…) where it may be missing')
}

function compareItems(rt: Runtime, a: readonly unknown[], b: readonly unknown[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    rt.tick()
    if (!isEqual(rt, a[index], b[index])) return compare(rt, a[index], b[index])
  }
  return a.length - b.length
}

/** Python's `in`. */
export function contains(rt: Runtime, of: unknown, item: unknown): boolean {
  const whole = plainText(rt.open(of))
  if (typeof whole === 'string') {
    const part = plainText(rt.open(item))
    if (typeof part !== 'string') throw fault(`Text cannot hold ${kindOf(part)}`, 'Use | string to compare as text')
    rt.scan(whole.length)
    return whole.includes(part)
  }
  if (whole instanceof Dict) return whole.has(rt.open(item))
  if (isPlainMapping(whole)) return memberOf(whole, keyed(rt, item)) !== undefined
  if (whole instanceof Iterator) return hasNext(rt, whole, item)
  const items = itemsOf(rt, whole)
  rt.tick(items.length)
  return items.some((candidate) => isEqual(rt, candidate, item))
}

/** A key that can be one. */
function keyed(rt: Runtime, item: unknown): unknown {
  const key = rt.open(item)
  if (Array.isArray(key) || isPlainMapping(key) || key instanceof Dict)
    throw fault('A list or mapping cannot be a key', 'Use text or a number')
  return key
}

/** Reads as far as the item. */
function hasNext(rt: Runtime, items: Iterator, item: unknown): boolean {
  for (let next = items.next(); next !== null; next = items.next()) {
    rt.tick()
    if (isEqual(rt, next.value, item)) return true
  }
  return false
}

/** Text that was made ready is text. */
export function plainText(value: unknown): unknown {
  return value instanceof Markup ? value.text : value
}
