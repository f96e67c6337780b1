// The heavy half of `schema.ts`: Ajv, with patterns that cannot be made to backtrack. Import it through there only.
import { Ajv, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { RE2JS } from 're2js'
import { excerpt } from './excerpt.ts'
import { isRecord, type Json, type JsonRecord } from './json.ts'
import type { Checked, SchemaCheck } from './schema.ts'
import { toProblems } from './schema-problems.ts'

/** Parts of one schema: compiling it takes in proportion to them, and many more overflow the stack. */
const schemaPartsMax = 10_000
/** Characters of one pattern. */
const patternCharactersMax = 1_000
/** Of what is told about a schema that cannot be used. */
const reasonCharactersMax = 200

/** Values with more parts than this are told about their first fault only: an error for each of them would fill the memory. */
const partsForAllErrorsMax = 10_000

const OPTIONS: Options = {
  strict: false,
  logger: false,
  useDefaults: true,
  ownProperties: true,
  verbose: true,
  code: { regExp: Object.assign(linearPattern, { code: 'linearPattern' }) },
}

type Language = { readonly create: typeof Ajv | typeof Ajv2020; readonly meta: Ajv }

// They only say whether a schema is one, which takes them 30 ms to learn. Each schema is compiled by an instance of its own
// (0.4 ms, 5 kB), so that no schema sees the names of another.
const MODERN: Language = { create: Ajv2020, meta: new Ajv2020(OPTIONS) }
const DRAFT7: Language = { create: Ajv, meta: new Ajv(OPTIONS) }

/** Checks by the very schema that they are for. */
const known = new WeakMap<object, SchemaCheck>()

export function checkFor(schema: Json): SchemaCheck {
  if (typeof schema !== 'object' || schema === null) return createCheck(schema)
  const before = known.get(schema)
  if (before !== undefined) return before
  const created = createCheck(schema)
  known.set(schema, created)
  return created
}

function createCheck(schema: Json): SchemaCheck {
  if (schema === null || schema === true) return (value) => ({ value, problems: [] })
  if (schema === false) return (value) => ({ value, problems: [{ path: '', message: 'must not be there' }] })
  if (!isRecord(schema)) return (value) => unusable(value, 'it is neither a mapping nor true or false')
  if (hasMoreParts(schema, schemaPartsMax))
    return (value) => unusable(value, `it has more parts than schemaPartsMax (${schemaPartsMax})`)
  try {
    const validate = compile(schema, false)
    const copies = JSON.stringify(schema).includes('"default":')
    let validateAll: ValidateFunction | null = null
    const all = (): ValidateFunction => (validateAll ??= compile(schema, true))
    return (value) => check(value, { validate, all, copies })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return (value) => unusable(value, reason)
  }
}

type Compiled = {
  readonly validate: ValidateFunction
  readonly all: () => ValidateFunction
  readonly copies: boolean
}

function check(value: Json, { validate, all, copies }: Compiled): Checked {
  const copy = (): Json => (copies ? structuredClone(value) : value)
  try {
    const filled = copy()
    if (validate(filled)) return { value: filled, problems: [] }
    if (hasMoreParts(value, partsForAllErrorsMax)) return { value, problems: toProblems(validate.errors ?? []) }
    const complete = all()
    complete(copy())
    return { value, problems: toProblems(complete.errors ?? []) }
  } catch (error) {
    // A schema that refers to itself without going deeper overflows the stack.
    return unusable(value, error instanceof RangeError ? 'it refers to itself without end' : String(error))
  }
}

function unusable(value: Json, reason: string): Checked {
  const message = `cannot be checked, because its schema cannot be used: ${excerpt(reason, reasonCharactersMax)}`
  return { value, problems: [{ path: '', message }] }
}

function compile(schema: JsonRecord, allErrors: boolean): ValidateFunction {
  // The language is chosen by `$schema`; other names of it are not known to the library, for which `$async` means a promise.
  const { $schema: name, $async: _promise, ...bare } = schema
  const { create, meta } = typeof name === 'string' && /draft-0[467]/.test(name) ? DRAFT7 : MODERN
  if (meta.validateSchema(bare) !== true) throw new Error(meta.errorsText(meta.errors, { dataVar: '' }))
  const ajv = new create({ ...OPTIONS, allErrors, meta: false, validateSchema: false })
  formats.default(ajv)
  return ajv.compile(bare)
}

function linearPattern(pattern: string): { readonly test: (text: string) => boolean; readonly toString: () => string } {
  if (pattern.length > patternCharactersMax)
    throw new Error(`a pattern is longer than patternCharactersMax (${patternCharactersMax})`)
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
  return { test: (text) => compiled.test(text), toString: () => pattern }
}

function hasMoreParts(value: Json, most: number): boolean {
  const open: Json[] = [value]
  for (let count = 0; count <= most; count++) {
    const next = open.pop()
    if (next === undefined) return false
    if (typeof next === 'object' && next !== null) {
      const parts: readonly Json[] = Object.values(next)
      if (parts.length > most) return true
      open.push(...parts)
    }
  }
  return true
}
