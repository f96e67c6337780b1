// Plain data as it is written in files and sent over wires.

/** A mapping of plain data. Its keys are own properties, `__proto__` included. */
export type JsonRecord = { readonly [key: string]: Json }

/** Plain data. */
export type Json = null | boolean | number | string | readonly Json[] | JsonRecord

/** Whether `value` is a mapping (neither `null` nor a list). */
export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets `key` as an own property, also where its name is `__proto__`. */
export function setOwn<T>(record: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  else record[key] = value
}

/** What `typeof` should have said: for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return 'text'
  return typeof value === 'boolean' ? 'a boolean' : `a ${typeof value}`
}

/** The JSON that `text` is, or else the text itself. */
export function parseOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return text
  }
}
