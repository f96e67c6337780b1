// What a flow gives, as data that fits a schema if there is one.
import type { Json } from '../../lib/json.ts'
import type { Component } from '../component.ts'
import { checkSchema } from './check-schema.ts'
import { anything, fields, optional } from './fields.ts'
import { readJson } from './read-json.ts'

const input = fields({
  value: anything('The data; text is read as JSON.'),
  schema: optional(anything('A JSON Schema that it has to fit.')),
})

export const outputJson: Component = {
  effect: 'pure',
  input: input.schema,
  checksInput: true,
  description: 'Give data as the result of the flow',
  run(given: Json) {
    const { value, schema } = input.read(given)
    const data = readJson(value, '"value" of the input')
    return schema === null ? data : checkSchema(data, schema, '"value" of the input')
  },
}
