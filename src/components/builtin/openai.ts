// A chat with a model of OpenAI that answers only what was said. `llm/openai` is the newer one.
import type { Json } from '../../lib/json.ts'
import { Answer, type Call, type Component } from '../component.ts'
import { ask, type ModelPorts } from './ask.ts'
import { fields, text, withDefault } from './fields.ts'
import { conversation, messages, modelFields } from './llm.ts'

const input = fields({
  messages: messages('The chat so far.'),
  model: withDefault(text('The name of the model.'), 'gpt-3.5-turbo'),
  ...modelFields,
})

export function createOpenai(ports: ModelPorts): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: 'Ask a model of OpenAI and answer { response }',
    async run(given: Json, call: Call): Promise<Json | Answer> {
      const asked = input.read(given)
      const answer = await ask(
        {
          vendor: 'openai',
          model: asked.model,
          ...conversation(null, asked.messages),
          temperature: asked.temperature,
          tokensMax: asked.max_tokens,
          schema: null,
          apiKey: asked.api_key,
          baseUrl: asked.base_url,
          timeoutMs: asked.timeout_ms,
        },
        ports,
        call,
      )
      return answer instanceof Answer ? answer : { response: answer.content }
    },
  }
}
