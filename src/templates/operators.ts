// What operators do with values of each kind.
import type { BinaryOperator } from './ast.ts'
import { unreachable } from '../lib/assert.ts'
import { plainText, undefinedFault } from './compare.ts'
import { escapeHtml } from './html.ts'
import { formatPercent } from './format-percent.ts'
import {
  add,
  divide,
  floorDivide,
  modulo,
  multiply,
  negate,
  type Numeric,
  power,
  subtract,
  toNumeric,
  isFloat,
} from './numbers.ts'
import { writeText } from './print.ts'
import { beyond, fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { TextBuilder } from './text-builder.ts'
import { isList, kindOf, Markup, Tuple, Undefined } from './values.ts'

/** `left operator right`. */
export function operate(rt: Runtime, operator: BinaryOperator, left: unknown, right: unknown): unknown {
  if (operator === '+' && (rt.isLeaf(left) || rt.isLeaf(right))) {
    const joined = addLeaf(rt, left, right)
    if (joined !== null) return joined
  }
  const [a, b] = [rt.open(left), rt.open(right)]
  if (a instanceof Undefined || b instanceof Undefined) {
    if (operator === '%' && typeof a === 'string') return formatPercent(rt, a, [b])
    throw undefinedFault(a instanceof Undefined ? a : b)
  }
  const [x, y] = [toNumeric(a), toNumeric(b)]
  if (x !== null && y !== null) return calculate(rt, operator, x, y)
  const made = operator === '+' ? concatenated(rt, a, b) : operator === '*' ? repeated(rt, a, b) : null
  if (made !== null) return made
  const text = plainText(a)
  if (operator === '%' && typeof text === 'string')
    return formatPercent(rt, text, b instanceof Tuple ? b.items : [b], b)
  throw fault(`Cannot calculate ${kindOf(a)} ${operator} ${kindOf(b)}`, operator === '+' ? 'Join text with ~' : null)
}

function calculate(rt: Runtime, operator: BinaryOperator, a: Numeric, b: Numeric): unknown {
  const { integerBitsMax } = rt.settings.limits
  switch (operator) {
    case '+':
      return add(a, b)
    case '-':
      return subtract(a, b)
    case '*':
      return multiply(a, b, integerBitsMax)
    case '/':
      return divide(a, b)
    case '//':
      return floorDivide(a, b)
    case '%':
      return modulo(a, b)
    case '**':
      return power(a, b, integerBitsMax)
    default:
      return unreachable(operator)
  }
}

/** Text and a leaf, passed on together. */
function addLeaf(rt: Runtime, left: unknown, right: unknown): unknown {
  const isText = (value: unknown): boolean => typeof value === 'string' || rt.isLeaf(value)
  return isText(left) && isText(right) ? joinTexts(rt, [left, right]) : null
}

function concatenated(rt: Runtime, a: unknown, b: unknown): unknown {
  const [left, right] = [plainText(a), plainText(b)]
  if (typeof left === 'string' && typeof right === 'string') {
    rt.fits(left.length + right.length)
    if (a instanceof Markup || b instanceof Markup) {
      return new Markup(asHtml(a, left) + asHtml(b, right))
    }
    return left + right
  }
  if (isList(a) && isList(b)) {
    rt.tick(a.length + b.length)
    return rt.own([...a, ...b])
  }
  return a instanceof Tuple && b instanceof Tuple ? new Tuple([...a.items, ...b.items]) : null
}

function asHtml(value: unknown, text: string): string {
  return value instanceof Markup ? text : escapeHtml(text)
}

function repeated(rt: Runtime, a: unknown, b: unknown): unknown {
  const [of, times] = toNumeric(a) === null ? [a, b] : [b, a]
  const numeric = toNumeric(times)
  if (numeric === null || isFloat(numeric)) return null
  const count = Math.max(0, Number(numeric))
  const text = plainText(of)
  if (typeof text === 'string') {
    if (text === '') return text
    rt.sized(text.length * count)
    return of instanceof Markup ? of.with(text.repeat(count)) : text.repeat(count)
  }
  const items = isList(of) ? of : of instanceof Tuple ? of.items : null
  if (items === null) return null
  rt.tick(Math.min(items.length * count, Number.MAX_SAFE_INTEGER))
  const all = Array.from({ length: items.length === 0 ? 0 : count }, () => items).flat()
  return of instanceof Tuple ? new Tuple(all) : rt.own(all)
}

/** `-of` and `+of`. */
export function signed(rt: Runtime, of: unknown, isNegative: boolean): unknown {
  const value = rt.open(of)
  if (value instanceof Undefined) throw undefinedFault(value)
  const number = toNumeric(value)
  if (number === null) throw fault(`Cannot put a sign before ${kindOf(value)}`)
  return isNegative ? negate(number) : number
}

/** `~`, and every other way to put texts together: leaves are passed on. */
export function joinTexts(rt: Runtime, values: readonly unknown[], between: unknown = ''): unknown {
  const out = new TextBuilder()
  const { textLengthMax } = rt.settings.limits
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) writeText(rt, out, between)
    writeText(rt, out, values[index])
    if (out.length > textLengthMax) throw beyond('A text is too long', 'textLengthMax', textLengthMax)
  }
  return finished(rt, out)
}

/** The text that was collected, or what the embedder makes of it where there are leaves in it. */
export function finished(rt: Runtime, out: TextBuilder): unknown {
  if (out.parts === null) return out.text
  const parts = out.done()
  const { leaves } = rt.settings
  if (leaves === null || typeof parts === 'string') return parts
  return leaves.join(parts)
}
