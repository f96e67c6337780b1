// A value as it leaves the template: plain data, and the leaves that are in it.
import { setOwn } from '../lib/json.ts'
import { itemsOf } from './iterate.ts'
import { keyText, numberText } from './print.ts'
import { beyond, fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import {
  Callable,
  Dict,
  Float,
  isList,
  Iterator,
  kindOf,
  Markup,
  Range,
  Thing,
  Tuple,
  Undefined,
  View,
} from './values.ts'

/** A value as plain data: what leaves the template. Functions and what is undefined have no form there. */
export function toPlain(rt: Runtime, of: unknown, depth = 0): unknown {
  if (of === null || typeof of === 'string' || typeof of === 'boolean') return of
  if (typeof of === 'number') return finite(of)
  if (of instanceof Float) return of.value
  if (typeof of === 'bigint') return Number(of)
  const { valueDepthMax } = rt.settings.limits
  if (depth > valueDepthMax) throw beyond('A value is nested too deep', 'valueDepthMax', valueDepthMax)
  return plainOf(rt, of, depth + 1)
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw fault(`${numberText(value, 'python')} has no form in JSON`)
  return value
}

function plainOf(rt: Runtime, of: unknown, depth: number): unknown {
  if (isList(of)) {
    // Data of the context stays what it is.
    if (rt.ownLists === null || !rt.ownLists.has(of)) return of
    return of.map((item) => toPlain(rt, item, depth))
  }
  if (of instanceof Markup) return of.text
  if (of instanceof Undefined) return null
  if (of instanceof Tuple || of instanceof View || of instanceof Iterator || of instanceof Range)
    return itemsOf(rt, of).map((item) => toPlain(rt, item, depth))
  if (of instanceof Dict) {
    const record: Record<string, unknown> = {}
    for (const [key, value] of of.entries()) setOwn(record, keyText(key), toPlain(rt, value, depth))
    return record
  }
  if (of instanceof Callable || of instanceof Thing)
    throw fault(`A template cannot give ${kindOf(of)}`, of instanceof Callable ? `Call it: ${of.name}()` : null)
  return of
}
