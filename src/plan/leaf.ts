// The two values that are not what they seem: a secret that may only be passed on, and a large value that lies elsewhere.
// L1  A sealed leaf is passed on and concatenated; anything else is SECRET_OPERATION. It is opened only at dispatch.
// L2  A spilled leaf is passed on without loading; only looking inside asks for the value.
// Both are classes, so that no data of a user can imitate them.
import type { Json, JsonRecord } from '../lib/json.ts'
import { type Escape, escapeText } from '../templates/escape.ts'
import { setOwn } from '../lib/json.ts'

/** Marks a leaf in stored text. Whoever stores one writes it in full; by itself a leaf only shows that it is one. */
export const LEAF_TAG = '\u27e8leaf\u27e9'
const MARK: JsonRecord = { [LEAF_TAG]: null }

/** How a secret appears in a text. */
export type SecretForm = 'plain' | 'base64' | 'url' | 'json'

/** A text with secrets in it: literal parts, and names of secrets. */
export class Sealed {
  readonly parts: readonly (string | SecretRef)[]
  constructor(parts: readonly (string | SecretRef)[]) {
    this.parts = parts
  }
  toJSON(): Json {
    return MARK
  }
}
export type SecretRef = {
  readonly secret: string
  readonly form: SecretForm
  /** Which of its lines, from 0; absent: all of it. A key that is split into lines is still a secret. */
  readonly line?: number
  /** How it is written where it stands, one after another. */
  readonly escapes?: readonly Escape[]
}

/** The text of a secret as it is written where it stands; `null` where it cannot be written there. */
export function writtenSecret(text: string, { escapes = [] }: SecretRef): string | null {
  let written: string | null = text
  for (const escape of escapes) written = written === null ? null : escapeText(written, escape)
  return written
}

/** A value that was stored apart, by the hash of its content. */
export class Spilled {
  readonly hash: string
  readonly bytes: number
  constructor(hash: string, bytes: number) {
    this.hash = hash
    this.bytes = bytes
  }
  toJSON(): Json {
    return MARK
  }
}

/** Data as the core holds it. */
export type Value = null | boolean | number | string | Sealed | Spilled | readonly Value[] | ValueRecord
export type ValueRecord = { readonly [key: string]: Value }

const MASK = '***'

/** The same value with each leaf replaced by `by`; parts without a leaf are shared, not copied. */
export function mapLeaves(value: Value, by: (leaf: Sealed | Spilled) => Json): Json {
  return replaceLeaves(value, by, DEPTH_MAX)
}

/** Levels that are walked. A store that writes, and the command line, refuse deeper values (`valueDepthMax`); a program's own may come here. */
const DEPTH_MAX = 512
const TOO_DEEP = '<nested too deep>'

function replaceLeaves(value: Value, by: (leaf: Sealed | Spilled) => Json, levels: number): Json {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Sealed || value instanceof Spilled) return by(value)
  if (levels === 0) return TOO_DEEP
  return isList(value) ? replaceInList(value, by, levels - 1) : replaceInRecord(value, by, levels - 1)
}

// Most values have no leaf: nothing is made before the first is found.

function replaceInList(list: readonly Value[], by: (leaf: Sealed | Spilled) => Json, levels: number): Json {
  let copy: Json[] | null = null
  for (let index = 0; index < list.length; index += 1) {
    const before = list[index] ?? null
    const after = replaceLeaves(before, by, levels)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing was replaced up to here, so there is no leaf in it
    if (copy === null && after !== before) copy = list.slice(0, index) as Json[]
    if (copy !== null) copy.push(after)
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return copy ?? (list as readonly Json[])
}

function replaceInRecord(record: ValueRecord, by: (leaf: Sealed | Spilled) => Json, levels: number): Json {
  const keys = Object.keys(record)
  let copy: { [key: string]: Json } | null = null
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? ''
    const before = record[key] ?? null
    const after = replaceLeaves(before, by, levels)
    if (copy === null && after !== before) copy = partOf(record, keys.slice(0, index))
    if (copy !== null) setOwn(copy, key, after)
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return copy ?? (record as JsonRecord)
}

function partOf(record: ValueRecord, keys: readonly string[]): { [key: string]: Json } {
  const part: { [key: string]: Json } = {}
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  for (const key of keys) setOwn(part, key, (record[key] ?? null) as Json)
  return part
}

/** Whether `value` is a list; `Array.isArray` does not narrow a readonly one. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

/** The value as anybody may see it: secrets masked, large values by their size. */
export function toShown(value: Value): Json {
  return mapLeaves(value, (leaf) =>
    leaf instanceof Sealed ? showSealed(leaf) : `<${leaf.bytes} bytes, blob ${leaf.hash.slice(0, 12)}>`,
  )
}

function showSealed(leaf: Sealed): string {
  return leaf.parts.map((part) => (typeof part === 'string' ? part : MASK)).join('')
}

/** Whether `value` is a mapping, and no leaf. */
export function isValueRecord(value: Value | undefined): value is ValueRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isList(value) &&
    !(value instanceof Sealed) &&
    !(value instanceof Spilled)
  )
}
