// Answers its input.
import type { Json } from '../../lib/json.ts'
import type { Component } from '../component.ts'

export const noop: Component = {
  effect: 'pure',
  description: 'Answer the input as it is',
  run: (input: Json) => input,
}
