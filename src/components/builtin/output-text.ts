// What a flow gives, as text.
import type { Json } from '../../lib/json.ts'
import type { Component } from '../component.ts'
import { anything, fields } from './fields.ts'

const input = fields({ value: anything('The text; anything else is written as JSON.') })

export const outputText: Component = {
  effect: 'pure',
  input: input.schema,
  checksInput: true,
  description: 'Give a text as the result of the flow',
  run(given: Json) {
    const { value } = input.read(given)
    return typeof value === 'string' ? value : JSON.stringify(value)
  },
}
