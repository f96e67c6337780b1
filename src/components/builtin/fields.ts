// The input of a built-in component, said once: as a JSON Schema for people and tools, and as typed values for the code.
// Fields that nobody asked for are ignored, and `null` is the same as a field that is not there.
import { isRecord, type Json, type JsonRecord, kindOf, parseOrText } from '../../lib/json.ts'
import { invalidInput } from './invalid-input.ts'

export type Field<T> = {
  readonly schema: JsonRecord
  /** In words, for messages: what a value should be. */
  readonly expected: string
  readonly fits: (value: Json) => boolean
  /** What a value stands for, before it is looked at. */
  readonly meaning?: (value: Json) => Json
  /** What an absent field stands for; without it, it must be there. */
  readonly otherwise?: { readonly value: T }
}

export type Fields<T> = {
  readonly schema: Json
  /** @throws ComponentError `INVALID_INPUT` */
  readonly read: (input: Json) => T
}

type Declared = Readonly<Record<string, Field<unknown>>>
type Read<F extends Declared> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

/** The input that has these fields. */
export function fields<F extends Declared>(declared: F): Fields<Read<F>> {
  const entries = Object.entries(declared)
  const required = entries.filter(([, field]) => field.otherwise === undefined).map(([name]) => name)
  const properties = Object.fromEntries(entries.map(([name, field]) => [name, field.schema]))
  return {
    schema: { type: 'object', properties, required },
    read(input) {
      if (!isRecord(input))
        throw invalidInput(`Cannot use ${kindOf(input)} as the input: expected ${mappingOf(entries)}`)
      const values = entries.map(([name, field]) => [name, readField(input, name, field)])
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry for each declared field, checked by it
      return Object.fromEntries(values) as Read<F>
    },
  }
}

/** A field that may be left out, which makes it `null`. */
export function optional<T>(field: Field<T>): Field<T | null> {
  return { ...field, schema: orNull(field.schema), otherwise: { value: null } }
}

/** A field that may be left out, and what stands in for it then. */
export function withDefault<T extends Json>(field: Field<T>, value: T): Field<T> {
  return { ...field, schema: { ...orNull(field.schema), default: value }, otherwise: { value } }
}

export function anything(description: string): Field<Json> {
  return { schema: { description }, expected: 'any value', fits: () => true }
}

export function text(description: string): Field<string> {
  return { schema: { type: 'string', description }, expected: 'text', fits: (value) => typeof value === 'string' }
}

export function flag(description: string): Field<boolean> {
  const schema = { type: 'boolean', description }
  return { schema, expected: 'true or false', fits: (value) => typeof value === 'boolean' }
}

/** `5` and `5.0` are the same. */
export function wholeNumber(description: string, minimum: number, maximum: number): Field<number> {
  const schema = { type: 'integer', minimum, maximum, description }
  const fits = (value: Json): boolean => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
  return { schema, expected: `a whole number from ${minimum} to ${maximum}`, fits }
}

export function number(description: string, minimum: number, maximum: number): Field<number> {
  const schema = { type: 'number', minimum, maximum, description }
  const fits = (value: Json): boolean => typeof value === 'number' && value >= minimum && value <= maximum
  return { schema, expected: `a number from ${minimum} to ${maximum}`, fits }
}

export function choice<T extends string>(description: string, options: readonly T[]): Field<T> {
  const fits = (value: Json): boolean => options.some((option) => option === value)
  return { schema: { enum: options, description }, expected: `one of ${options.join(', ')}`, fits }
}

export function list(description: string): Field<readonly Json[]> {
  return { schema: { type: 'array', description }, expected: 'a list', fits: (value) => Array.isArray(value) }
}

export function mapping(description: string): Field<JsonRecord> {
  return { schema: { type: 'object', description }, expected: 'a mapping', fits: (value) => isRecord(value) }
}

/** A list or mapping that may also come as JSON in text, as templates write it. */
export function orJson<T>(field: Field<T>): Field<T> {
  return { ...field, meaning: (value) => (typeof value === 'string' ? parseOrText(value) : value) }
}

function orNull(schema: JsonRecord): JsonRecord {
  const { type, enum: options } = schema
  if (type !== undefined) return { ...schema, type: [type, 'null'].flat() }
  return Array.isArray(options) ? { ...schema, enum: [...options, null] } : schema
}

function readField(input: JsonRecord, name: string, field: Field<unknown>): unknown {
  const given = Object.hasOwn(input, name) ? input[name] : undefined
  const value = given === undefined ? undefined : (field.meaning?.(given) ?? given)
  if (field.otherwise !== undefined && (value === undefined || value === null)) return field.otherwise.value
  if (value === undefined) throw invalidInput(`Cannot find "${name}" in the input: expected ${field.expected}`)
  if (field.fits(value)) return value
  throw invalidInput(`Cannot use ${nameOf(value)} as "${name}" of the input: expected ${field.expected}`)
}

/** Values that are no secrets are told as they are. */
function nameOf(value: Json): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value)
}

function mappingOf(entries: readonly (readonly [string, unknown])[]): string {
  return `a mapping with ${entries.map(([name]) => `"${name}"`).join(', ')}`
}
