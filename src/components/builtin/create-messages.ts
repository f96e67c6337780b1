// The messages of a chat, from what the user asks and what the system is told.
import type { Json } from '../../lib/json.ts'
import type { Component } from '../component.ts'
import { fields, optional, text } from './fields.ts'

const input = fields({
  user_prompt: text('What the user says.'),
  system_instructions: optional(text('What comes before it, as the system.')),
})

export const createMessages: Component = {
  effect: 'pure',
  input: input.schema,
  checksInput: true,
  description: 'Answer { messages } for a chat',
  run(given: Json) {
    const { user_prompt: prompt, system_instructions: instructions } = input.read(given)
    const user = { role: 'user', content: prompt }
    return { messages: instructions === null ? [user] : [{ role: 'system', content: instructions }, user] }
  },
}
