// Whether plain data is equal to other data, or contains it. Recurses as deep as the shallower of the two is, which its reader bounds.
import { isRecord, type Json, type JsonRecord } from './json.ts'

/** Equal in all parts; the order of keys does not count. */
export function isEqual(a: Json, b: Json): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index] ?? null))
  if (!isRecord(a)) return a === b
  return isRecord(b) && Object.keys(a).length === Object.keys(b).length && hasEach(b, a, isEqual)
}

/** Whether `whole` has all that `part` has: mappings may have more keys, lists are of one length. */
export function contains(whole: Json, part: Json): boolean {
  if (isList(part))
    return (
      isList(whole) && part.length === whole.length && part.every((item, index) => contains(whole[index] ?? null, item))
    )
  return isRecord(part) ? isRecord(whole) && hasEach(whole, part, contains) : whole === part
}

function hasEach(whole: JsonRecord, part: JsonRecord, fits: (a: Json, b: Json) => boolean): boolean {
  return Object.entries(part).every(([key, value]) => Object.hasOwn(whole, key) && fits(whole[key] ?? null, value))
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
