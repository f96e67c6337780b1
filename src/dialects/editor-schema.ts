// What editors are told of a language: a JSON Schema that knows its keys and what can be called.
// It is there to help while typing. What is right and wrong, `millrace validate` says.
import { isRecord, type Json, type JsonRecord } from '../lib/json.ts'

/** Something that can be called. */
export type Callable = { readonly description: string | null; readonly input: Json }

export type Callables = ReadonlyMap<string, Callable>

/** For a key that names what is called: what there is, and any other name. */
export function namesOf(callables: Callables): JsonRecord {
  const known = [...callables].map(([name, { description }]) => ({
    const: name,
    ...(description === null ? {} : { description }),
  }))
  return { type: 'string', anyOf: [...known, {}] }
}

/** The names of the fields of an input, with what is said of them; their values may be expressions, so nothing more is asked. */
export function fieldsOf(input: Json): JsonRecord {
  const properties = isRecord(input) && isRecord(input['properties']) ? input['properties'] : {}
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => {
      const description = isRecord(field) ? field['description'] : undefined
      return [name, typeof description === 'string' ? { description } : {}]
    }),
  )
}

const durationSchema: Json = {
  type: ['string', 'number'],
  description: 'Such as 250ms, 30s, 5m; a number counts seconds',
}

const retrySchema: Json = {
  description: 'Tries after the first',
  anyOf: [
    { type: 'integer', minimum: 0, maximum: 100 },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        max: { type: 'integer', minimum: 0, maximum: 100, default: 3 },
        delay: durationSchema,
        backoff: { enum: ['fixed', 'constant', 'exponential', 'fibonacci'] },
        on: { type: ['string', 'array'], items: { type: 'string' }, description: 'Error codes; all if not given' },
        jitter: { type: 'number', minimum: 0, maximum: 1 },
      },
    },
  ],
}

/** What both languages call the same. */
export const commonStepProperties: JsonRecord = {
  id: { type: 'string', description: 'How everything refers to the step' },
  needs: { type: ['string', 'array'], items: { type: 'string' }, description: 'Steps that must have ended before' },
  join: { enum: ['all', 'any', 'done'], description: 'Which of its needs must have succeeded' },
  concurrency: { type: 'integer', minimum: 1, maximum: 1_024, description: 'Items at once' },
  timeout: durationSchema,
  retry: retrySchema,
}
