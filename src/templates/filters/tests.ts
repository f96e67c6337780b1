// Tests: what stands behind `is`.
import { builtin, type Builtin } from '../arguments.ts'
import { compare, contains, isEqual, plainText } from '../compare.ts'
import { isIterable, sizeOf } from '../iterate.ts'
import { isFloat, toDouble, toNumeric } from '../numbers.ts'
import { operate } from '../operators.ts'
import { textOf } from '../print.ts'
import { isCase } from '../python-text.ts'
import type { Runtime } from '../runtime.ts'
import { Callable, Dict, Float, isPlainMapping, Iterator, Markup, Thing, Undefined } from '../values.ts'

function test(holds: (rt: Runtime, value: unknown) => boolean): Builtin {
  return builtin('', (rt, value) => holds(rt, rt.open(value)))
}

function comparison(holds: (rt: Runtime, a: unknown, b: unknown) => boolean): Builtin {
  return builtin('other', (rt, value, [other]) => holds(rt, value, other))
}

function isMapping(value: unknown): boolean {
  return value instanceof Dict || isPlainMapping(value)
}

/** What a number leaves when it is divided. */
function remainder(rt: Runtime, value: unknown, by: unknown): number {
  const rest = toNumeric(operate(rt, '%', value, by))
  return rest === null ? Number.NaN : toDouble(rest)
}

const equal = comparison(isEqual)
const notEqual = comparison((rt, a, b) => !isEqual(rt, a, b))
const less = comparison((rt, a, b) => compare(rt, a, b) < 0)
const lessOrEqual = comparison((rt, a, b) => compare(rt, a, b) <= 0)
const greater = comparison((rt, a, b) => compare(rt, a, b) > 0)
const greaterOrEqual = comparison((rt, a, b) => compare(rt, a, b) >= 0)

export const TESTS: Readonly<Record<string, Builtin>> = {
  defined: builtin('', (_, value) => !(value instanceof Undefined)),
  undefined: builtin('', (_, value) => value instanceof Undefined),
  none: test((_, value) => value === null),
  boolean: test((_, value) => typeof value === 'boolean'),
  true: test((_, value) => value === true),
  false: test((_, value) => value === false),
  number: test((_, value) => toNumeric(value) !== null),
  integer: test((_, value) => {
    const number = typeof value === 'boolean' ? null : toNumeric(value)
    return number !== null && !isFloat(number)
  }),
  float: test((_, value) => {
    const number = typeof value === 'boolean' ? null : toNumeric(value)
    return number !== null && isFloat(number)
  }),
  string: test((_, value) => typeof plainText(value) === 'string'),
  mapping: test((_, value) => isMapping(value)),
  iterable: test((rt, value) => isIterable(rt, value) && !(value instanceof Thing)),
  sequence: test((rt, value) => !(value instanceof Iterator || value instanceof Thing) && sizeOf(rt, value) !== null),
  callable: test(
    (_, value) =>
      value instanceof Callable || value instanceof Undefined || (value instanceof Thing && value.call !== null),
  ),
  escaped: builtin('', (_, value) => value instanceof Markup),
  lower: test((rt, value) => isCase(textOf(rt, value), 'lower')),
  upper: test((rt, value) => isCase(textOf(rt, value), 'upper')),
  even: test((rt, value) => remainder(rt, value, 2) === 0),
  odd: test((rt, value) => remainder(rt, value, 2) === 1),
  divisibleby: builtin('num', (rt, value, [by]) => remainder(rt, value, by) === 0),
  sameas: builtin('other', (_, value, [other]) => {
    if (value instanceof Float && other instanceof Float) return value.value === other.value
    return value === other
  }),
  in: builtin('seq', (rt, value, [sequence]) => contains(rt, sequence, value)),
  eq: equal,
  equalto: equal,
  '==': equal,
  ne: notEqual,
  '!=': notEqual,
  lt: less,
  lessthan: less,
  '<': less,
  le: lessOrEqual,
  '<=': lessOrEqual,
  gt: greater,
  greaterthan: greater,
  '>': greater,
  ge: greaterOrEqual,
  '>=': greaterOrEqual,
}
