// A parameter of a flow that is text, or a number or a boolean written as text.
import { type Json, parseOrText } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import type { Component } from '../component.ts'
import { anything, choice, fields, optional } from './fields.ts'
import { invalidInput } from './invalid-input.ts'

const TYPES = ['STRING', 'NUMBER', 'BOOLEAN', 'JSON'] as const
type Type = (typeof TYPES)[number]

const input = fields({
  value: anything('What was given, or the value that stands in where nothing was.'),
  data_type: optional(choice('What it is: STRING if not given.', TYPES)),
})

export const inputText: Component = {
  effect: 'pure',
  input: input.schema,
  checksInput: true,
  description: 'A parameter of the flow, as text',
  run(given: Json) {
    const { value, data_type: type } = input.read(given)
    if (value === null) return null
    return toType(value, type ?? 'STRING')
  },
}

/**
 * `value` as what `type` says.
 *
 * @throws ComponentError `INVALID_INPUT` where it is none.
 */
function toType(value: Json, type: Type): Json {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (type === 'STRING') return text
  const read = typeof value === 'string' ? parseOrText(value.trim()) : value
  if (type === 'NUMBER' && typeof read === 'number') return read
  if (type === 'BOOLEAN' && typeof read === 'boolean') return read
  if (type === 'BOOLEAN' && (text === 'True' || text === 'False')) return text === 'True'
  if (type === 'JSON' && (read !== value || typeof value !== 'string')) return read
  throw invalidInput(`Cannot use ${quote(text)} as ${type}`)
}
