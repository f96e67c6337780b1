// Checks of plain data against JSON Schemas of users. The library behind it is imported by the first check.
import type { Json } from './json.ts'

/**
 * Checks `value`. Never throws.
 * @returns the value with the schema's defaults put in (a copy where there are any), and where it does not fit.
 */
export type SchemaCheck = (value: Json) => Checked
export type Checked = { readonly value: Json; readonly problems: readonly SchemaProblem[] }

/**
 * One place where a value does not fit. `path` is empty for the value itself, else like `items[0].name`.
 * `message` goes on after a name: "must be text, not a number". It quotes the schema, never the value, which may be a secret.
 */
export type SchemaProblem = { readonly path: string; readonly message: string }

/**
 * The check for `schema`: JSON Schema 2020-12, or draft-07 where `$schema` says so. Unknown keywords are let be.
 * Patterns run in linear time, so that none of them can be a trap; look-around and back-references are not in their language.
 * A schema that cannot be used fits no value, and its one problem says why.
 */
export async function compileSchema(schema: Json): Promise<SchemaCheck> {
  const { checkFor } = await import('./schema-ajv.ts')
  return checkFor(schema)
}
