// Copies of plain data: several times as fast as reading its JSON again, and far faster than `structuredClone`.
import type { Json } from './json.ts'

/** Far from where recursion overflows; what is deeper is left to others. */
const LEVELS_MAX = 512

/**
 * What reading the JSON of `value` would give, sharing nothing with it; `undefined` where it holds anything that JSON
 * writes in another way than it is (`undefined`, `-0`, an object of a class), or is too deep.
 */
export function copyPlain(value: unknown): Json | undefined {
  for (const _ in Object.prototype) return undefined // or each record would seem to have what somebody put there
  return copyPart(value, LEVELS_MAX)
}

function copyPart(value: unknown, levels: number): Json | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : undefined
  if (typeof value !== 'object' || levels === 0) return undefined
  return Array.isArray(value) ? copyList(value, levels - 1) : copyRecord(value, levels - 1)
}

function copyList(list: readonly unknown[], levels: number): Json | undefined {
  if ('toJSON' in list) return undefined
  const copy: Json[] = []
  for (let index = 0; index < list.length; index += 1) {
    const part = copyPart(list[index], levels)
    if (part === undefined) return undefined
    copy.push(part)
  }
  return copy
}

/** Symbols are left out, as JSON does. */
function copyRecord(record: object, levels: number): Json | undefined {
  const prototype: unknown = Object.getPrototypeOf(record)
  if (prototype !== Object.prototype && prototype !== null) return undefined
  if ('toJSON' in record) return undefined
  const copy: { [key: string]: Json } = {}
  // A list of its own keys would take half of the time.
  for (const key in record) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is one of its keys
    const part = key === '__proto__' ? undefined : copyPart((record as ValuesOf)[key], levels)
    if (part === undefined) return undefined
    copy[key] = part
  }
  return copy
}

type ValuesOf = { readonly [key: string]: unknown }
