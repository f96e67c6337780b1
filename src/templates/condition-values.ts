// How conditions compare: what is written as a number or a boolean counts as one, and nothing else is converted.
import { unreachable } from '../lib/assert.ts'
import { compareTexts } from './characters.ts'
import { isEqual, isTrue, memberOf, plainText } from './compare.ts'
import { entriesOf, itemsOf } from './iterate.ts'
import type { ConditionOperator } from './condition-tree.ts'
import { compareNumbers, type Numeric, toNumeric } from './numbers.ts'
import { joinTexts, operate } from './operators.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { isList, kindOf, Undefined } from './values.ts'

/** A value that a condition looked at, and the text that stands for it. */
export type Operand = { readonly text: string; readonly value: unknown }

/** Quotes around one hole that is undefined: empty text, which equals `null` as well. */
const EMPTY_TEXT: unique symbol = Symbol('empty text')

/** Quotes with holes in them. A boolean alone in them stays one, so that it equals each of its words. */
export function asTextOf(rt: Runtime, parts: readonly unknown[]): unknown {
  for (const part of parts) if (part instanceof Undefined) rt.warn(part.message)
  const only = parts.length === 1 ? parts[0] : null
  if (only instanceof Undefined) return EMPTY_TEXT
  return typeof only === 'boolean' ? only : joinTexts(rt, parts)
}

const EMPTY_WORDS: ReadonlySet<string> = new Set(['false', 'False', 'null', 'None', '0'])

/** Whether a value on its own counts as true. */
export function isFilled(rt: Runtime, of: unknown): boolean {
  const value = plainText(rt.open(of))
  if (value === EMPTY_TEXT) return false
  if (typeof value === 'string') return value !== '' && !(value.length < 64 && EMPTY_WORDS.has(value.trim()))
  return typeof value === 'number' && Number.isNaN(value) ? false : isTrue(rt, value)
}

/** Whether `left operator right` holds. */
export function compared(rt: Runtime, operator: ConditionOperator, left: unknown, right: unknown): boolean {
  const [a, b] = [known(rt, left), known(rt, right)]
  switch (operator) {
    case '==':
      return equals(rt, a, b)
    case '!=':
      return !equals(rt, a, b)
    case '<':
      return order(a, b) < 0
    case '<=':
      return order(a, b) <= 0
    case '>':
      return order(a, b) > 0
    case '>=':
      return order(a, b) >= 0
    case 'in':
      return holds(rt, b, a)
    case 'not in':
      return !holds(rt, b, a)
    case 'contains':
      return holds(rt, a, b)
    default:
      return unreachable(operator)
  }
}

/** In a comparison, what is undefined is `null`. */
function known(rt: Runtime, of: unknown): unknown {
  const value = plainText(rt.open(of))
  if (!(value instanceof Undefined)) return value
  rt.warn(value.message)
  return null
}

function equals(rt: Runtime, a: unknown, b: unknown): boolean {
  if (a === EMPTY_TEXT || b === EMPTY_TEXT) {
    const other = a === EMPTY_TEXT ? b : a
    return other === null || other === '' || other === EMPTY_TEXT
  }
  if (a === null || b === null) return a === b
  if (typeof a === 'boolean' || typeof b === 'boolean') return booleanOf(a) !== null && booleanOf(a) === booleanOf(b)
  if (typeof a === 'string' && typeof b === 'string') return isEqual(rt, a, b)
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x !== null && y !== null) return compareNumbers(x, y) === 0
  return isEqual(rt, a, b)
}

function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'True') return true
  return value === 'false' || value === 'False' ? false : null
}

/** A number, or text that is one; booleans are none. */
function numberOf(value: unknown): Numeric | null {
  if (typeof value === 'boolean') return null
  if (typeof value !== 'string') return toNumeric(value)
  const isNumber = value.length < 400 && /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(value)
  return isNumber ? Number(value) : null
}

function order(a: unknown, b: unknown): number {
  const [left, right] = [a === EMPTY_TEXT ? '' : a, b === EMPTY_TEXT ? '' : b]
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right)
  const [x, y] = [numberOf(left), numberOf(right)]
  if (x !== null && y !== null) return compareNumbers(x, y)
  throw fault(`Cannot order ${shownKind(left)} and ${shownKind(right)}`, 'Order numbers, or texts')
}

function shownKind(value: unknown): string {
  return typeof value === 'string' ? 'text that is no number' : kindOf(value)
}

/** Whether a list has an item, a mapping a key, or a text a part. */
function holds(rt: Runtime, whole: unknown, part: unknown): boolean {
  if (whole === EMPTY_TEXT) return part === ''
  if (typeof whole === 'string') {
    const text = part === EMPTY_TEXT ? '' : typeof part === 'number' ? String(part) : part
    if (typeof text !== 'string') throw fault(`Text cannot hold ${kindOf(part)}`)
    rt.scan(whole.length)
    return whole.includes(text)
  }
  if (isList(whole) || entriesOf(rt, whole) === null) {
    const items = itemsOf(rt, whole)
    rt.tick(items.length)
    return items.some((item) => equals(rt, known(rt, item), part))
  }
  return memberOf(whole, part) !== undefined
}

/** `left operator right`, where text that is a number counts as one. */
export function calculated(rt: Runtime, operator: '+' | '-' | '*' | '/' | '%', left: unknown, right: unknown): unknown {
  const [a, b] = [known(rt, left), known(rt, right)]
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x !== null && y !== null && !(typeof a === 'string' && typeof b === 'string')) return operate(rt, operator, x, y)
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return a + b
  throw fault(`Cannot calculate ${kindOf(a)} ${operator} ${kindOf(b)}`)
}
