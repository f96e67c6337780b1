// Whether a value is as a case expects it: mappings in part, lists item by item, everything else exactly.
import { isRecord, type Json } from '../../lib/json.ts'

/** The first place where `actual` is not as expected, in words that begin with `what`; `null` where it is. */
export function mismatch(expected: Json, actual: Json | undefined, what: string): string | null {
  if (isRecord(expected)) {
    if (!isRecord(actual)) return differs(expected, actual, what)
    for (const [key, value] of Object.entries(expected)) {
      const fault = mismatch(value, Object.hasOwn(actual, key) ? actual[key] : undefined, `${what}.${key}`)
      if (fault !== null) return fault
    }
    return null
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return differs(expected, actual, what)
    if (actual.length !== expected.length)
      return `${what}: expected ${expected.length} items, got ${actual.length}: ${brief(actual)}`
    for (const [index, value] of expected.entries()) {
      const fault = mismatch(value, actual[index], `${what}[${index}]`)
      if (fault !== null) return fault
    }
    return null
  }
  return Object.is(expected, actual) ? null : differs(expected, actual, what)
}

function differs(expected: Json, actual: Json | undefined, what: string): string {
  return `${what}: expected ${brief(expected)}, got ${brief(actual)}`
}

const BRIEF_MAX = 300

function brief(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length <= BRIEF_MAX ? text : `${text.slice(0, BRIEF_MAX - 1)}…`
}

/** What of `expected` is not found among `actual`; an empty list expects none. A text is a code. */
export function matchAll(expected: readonly Json[], actual: readonly Json[], what: string): string[] {
  if (expected.length === 0) return actual.length === 0 ? [] : [`${what}: expected none, got ${brief(actual)}`]
  return expected.flatMap((item) => {
    const wanted = typeof item === 'string' ? { code: item } : item
    return actual.some((one) => mismatch(wanted, one, what) === null)
      ? []
      : `${what}: expected ${brief(wanted)}, got ${brief(actual)}`
  })
}
