// What can be gone through, and how long it is.
import { beyond, fault } from './problem.ts'
import { charactersOf, lengthOf } from './characters.ts'
import type { Runtime } from './runtime.ts'
import { Dict, isPlainMapping, Iterator, kindOf, Markup, Range, Thing, Tuple, Undefined, View } from './values.ts'

/** The items of `of`, all at once; a mapping has its keys. What can be read once is read to its end. */
export function itemsOf(rt: Runtime, of: unknown): readonly unknown[] {
  if (Array.isArray(of)) return of
  const items = knownItems(rt, rt.open(of))
  if (items === null) throw fault(`Cannot go through ${kindOf(of)}`, 'It takes a list, a mapping or text')
  return items
}

/** Whether `itemsOf` would find items. */
export function isIterable(rt: Runtime, value: unknown): boolean {
  if (value instanceof Iterator || value instanceof Range) return true
  return Array.isArray(value) || typeof value === 'string' || knownItems(rt, value) !== null
}

function knownItems(rt: Runtime, value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return characters(rt, value)
  if (value instanceof Undefined) return []
  if (value instanceof Tuple || value instanceof View) return value.items
  if (value instanceof Iterator) return value.rest()
  if (value instanceof Range) return numbersOf(rt, value)
  if (value instanceof Markup) return characters(rt, value.text)
  if (value instanceof Dict) return value.entries().map(([key]) => key)
  return isPlainMapping(value) ? Object.keys(value) : null
}

function characters(rt: Runtime, text: string): readonly string[] {
  rt.tick(text.length)
  return charactersOf(text)
}

/** A number of a range costs far less than an item that something is done with. */
const NUMBERS_PER_STEP = 8

function numbersOf(rt: Runtime, range: Range): readonly number[] {
  const { rangeItemsMax } = rt.settings.limits
  if (range.length > rangeItemsMax) throw beyond('A range is too long', 'rangeItemsMax', rangeItemsMax)
  rt.tick(Math.ceil(range.length / NUMBERS_PER_STEP))
  const numbers: number[] = []
  for (let index = 0; index < range.length; index += 1) numbers.push(range.at(index))
  return numbers
}

/** How many items `of` has; `null` where that cannot be said. */
export function sizeOf(rt: Runtime, of: unknown): number | null {
  const value = rt.open(of)
  if (Array.isArray(value)) return value.length
  if (typeof value === 'string') {
    rt.scan(value.length)
    return lengthOf(value)
  }
  if (value instanceof Undefined) return 0
  if (value instanceof Tuple || value instanceof View) return value.items.length
  if (value instanceof Range || value instanceof Thing) return value.length
  if (value instanceof Markup) return lengthOf(value.text)
  if (value instanceof Dict) return value.size
  return isPlainMapping(value) ? Object.keys(value).length : null
}

/** What a filter gives that in Python could be read once: that, or a plain list where text is JSON. */
export function sequence(rt: Runtime, items: unknown[]): unknown {
  rt.tick(items.length)
  return rt.settings.text === 'json' ? rt.own(items) : new Iterator(items)
}

/** A list of the template's own. */
export function list(rt: Runtime, items: unknown[]): unknown[] {
  rt.tick(items.length)
  return rt.own(items)
}

/** Keys and values of a mapping; `null` where `of` is none. */
export function entriesOf(rt: Runtime, of: unknown): readonly (readonly [unknown, unknown])[] | null {
  const value = rt.open(of)
  if (value instanceof Dict) return value.entries()
  return isPlainMapping(value) ? Object.entries(value) : null
}
