// A parameter of a flow that is any data, given as such or as JSON in text.
import type { Json } from '../../lib/json.ts'
import type { Component } from '../component.ts'
import { anything, fields, optional } from './fields.ts'
import { checkSchema } from './check-schema.ts'
import { readJson } from './read-json.ts'

const input = fields({
  value: anything('What was given, or the value that stands in where nothing was; text is read as JSON.'),
  schema: optional(anything('A JSON Schema that it has to fit.')),
})

export const inputJson: Component = {
  effect: 'pure',
  input: input.schema,
  checksInput: true,
  description: 'A parameter of the flow, as data',
  run(given: Json) {
    const { value, schema } = input.read(given)
    const data = readJson(value, '"value" of the input')
    return schema === null ? data : checkSchema(data, schema, '"value" of the input')
  },
}
