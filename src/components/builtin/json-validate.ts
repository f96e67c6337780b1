// Data against a JSON Schema, as an answer or as a failure.
import type { Json, JsonRecord } from '../../lib/json.ts'
import { compileSchema } from '../../lib/schema.ts'
import { type Component, ComponentError } from '../component.ts'
import { checkSchema } from './check-schema.ts'
import { anything, fields, flag, withDefault } from './fields.ts'
import { readJson } from './read-json.ts'

const input = fields({
  value: anything('The data; text is read as JSON.'),
  schema: anything('The JSON Schema that it has to fit, also as text.'),
  fail_on_error: withDefault(flag('Whether data that does not fit fails the step.'), true),
})
const WHAT = '"value" of the input'

export const jsonValidate: Component = {
  effect: 'pure',
  input: input.schema,
  checksInput: true,
  description: 'Check data against a JSON Schema and answer { valid, value, problems }',
  async run(given: Json) {
    const { value, schema: asGiven, fail_on_error: fails } = input.read(given)
    const schema = readJson(asGiven, '"schema" of the input')
    if (fails) return verdict(await checkSchema(readJson(value, WHAT), schema, WHAT), [])
    const read = tryReadJson(value)
    if ('problem' in read) return verdict(value, [{ path: '', message: read.problem }])
    const checked = (await compileSchema(schema))(read.data)
    return verdict(checked.value, checked.problems)
  },
}

/** `value` has the defaults of the schema. */
function verdict(value: Json, problems: readonly JsonRecord[]): Json {
  return { valid: problems.length === 0, value, problems }
}

function tryReadJson(value: Json): { readonly data: Json } | { readonly problem: string } {
  try {
    return { data: readJson(value, WHAT) }
  } catch (error) {
    if (error instanceof ComponentError) return { problem: error.message }
    throw error
  }
}
