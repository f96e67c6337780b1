// Asks a language model: one component for each vendor, all with the same input and answer.
import { isRecord, type Json } from '../../lib/json.ts'
import { Answer, type Call, type Component } from '../component.ts'
import type { Answered, Message, Vendor } from '../language-model.ts'
import { ask, type ModelPorts, VENDORS } from './ask.ts'
import { either } from './either.ts'
import { anything, type Field, fields, number, optional, orJson, text, wholeNumber, withDefault } from './fields.ts'
import { invalidInput } from './invalid-input.ts'
import { readJson } from './read-json.ts'

/** Long answers take minutes. */
const timeoutMsDefault = 300_000
const timeoutMsMax = 3_600_000
const tokensMax = 10_000_000

const ROLES = ['system', 'user', 'assistant'] as const

/** Fields that every question to a model has. */
export const modelFields = {
  temperature: optional(number('How much chance there is in the answer; 0 is least.', 0, 2)),
  max_tokens: optional(wholeNumber('Of the answer.', 1, tokensMax)),
  api_key: optional(text('The key of the vendor; a variable of the environment stands in for it.')),
  base_url: optional(text('Where the vendor is reached, with the version of its interface.')),
  timeout_ms: withDefault(wholeNumber('For all of the call, in milliseconds.', 1, timeoutMsMax), timeoutMsDefault),
}

const input = fields({
  prompt: optional(anything('What the user says; what is not text is written as JSON.')),
  messages: optional(orJson(messages('A whole chat, in place of `prompt`.'))),
  system: optional(text('What the model is told before.')),
  model: optional(text('The name of the model.')),
  version: optional(text('The same as `model`.')),
  schema: optional(anything('A JSON Schema: the answer is data that fits it, as `object`.')),
  ...modelFields,
})

type Asked = ReturnType<typeof input.read>

export function createLlm(vendor: Vendor, name: string, ports: ModelPorts): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: `Ask a model of ${name} and answer { content, model, finish_reason, usage, object }`,
    async run(given: Json, call: Call): Promise<Json | Answer> {
      const asked = input.read(given)
      const answer = await ask(
        {
          vendor,
          model: either({ model: asked.model, version: asked.version }) ?? VENDORS[vendor].model,
          ...conversation(asked.system, chatOf(asked)),
          temperature: asked.temperature,
          tokensMax: asked.max_tokens,
          schema: asked.schema === null ? null : readJson(asked.schema, '"schema" of the input'),
          apiKey: asked.api_key,
          baseUrl: asked.base_url,
          timeoutMs: asked.timeout_ms,
        },
        ports,
        call,
      )
      return answer instanceof Answer ? answer : toOutput(answer)
    },
  }
}

/** A field that is a chat: `{ role, content }` each. */
export function messages(description: string): Field<readonly Message[]> {
  const properties = { role: { enum: ROLES }, content: { type: 'string' } }
  const items = { type: 'object', properties, required: ['role', 'content'] }
  return {
    schema: { type: 'array', items, minItems: 1, description },
    expected: `a list of { role, content } with the roles ${ROLES.join(', ')}`,
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isMessage),
  }
}

function isMessage(value: Json): boolean {
  return isRecord(value) && typeof value['content'] === 'string' && ROLES.some((role) => role === value['role'])
}

/** What the system is told at the beginning goes apart, as vendors want it. */
export function conversation(
  system: string | null,
  given: readonly Message[],
): { readonly instructions: string | null; readonly messages: readonly Message[] } {
  const start = given.findIndex(({ role }) => role !== 'system')
  if (start < 0) throw invalidInput('Cannot ask the model: no message is of a user')
  const told = [system, ...given.slice(0, start).map(({ content }) => content)].filter((one) => one !== null)
  const rest = given.slice(start).map(({ role, content }) => ({ role, content }))
  return { instructions: told.length === 0 ? null : told.join('\n\n'), messages: rest }
}

function chatOf({ prompt, messages: chat }: Pick<Asked, 'prompt' | 'messages'>): readonly Message[] {
  if (prompt !== null && chat !== null) throw invalidInput('Cannot use both "prompt" and "messages": give one of them')
  if (chat !== null) return chat
  if (prompt === null) throw invalidInput('Cannot find "prompt" in the input: expected text, or a chat as "messages"')
  return [{ role: 'user', content: typeof prompt === 'string' ? prompt : JSON.stringify(prompt) }]
}

function toOutput({ content, model, finishReason, usage, warnings, object }: Answered): Json {
  return {
    content,
    model,
    finish_reason: finishReason,
    usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens, total_tokens: usage.totalTokens },
    ...(warnings.length > 0 && { warnings }),
    ...(object !== undefined && { object }),
  }
}
