// Asks a language model through the AI SDK: one request, no retries, no tools.
import type * as ai from 'ai'
import type { Json } from '../../lib/json.ts'
import { compileSchema } from '../../lib/schema.ts'
import { ComponentError } from '../component.ts'
import type { Answered, AskModel, Question } from '../language-model.ts'
import { libraries } from './libraries.ts'
import { LIBRARIES, provide } from './providers.ts'

type Sdk = typeof ai

/** Asks, and reads the answer. */
export const askModel: AskModel = async (question) => {
  const { vendor, schema } = question
  const load = (): Promise<readonly [Sdk, ai.LanguageModel]> => Promise.all([import('ai'), provide(vendor, question)])
  const [sdk, model] = await libraries(`ai@7 ${LIBRARIES[vendor]}`, load)
  // It would write to standard error what a vendor does not support.
  globalThis.AI_SDK_LOG_WARNINGS ??= false
  const settings = { ...settingsOf(question), model }
  try {
    if (schema === null) return read(await sdk.generateText(settings))
    const output = sdk.Output.object({ schema: await schemaOf(sdk, schema) })
    const result = await sdk.generateText({ ...settings, output })
    return { ...read(result), object: result.output }
  } catch (error) {
    throw sdk.NoObjectGeneratedError.isInstance(error) || sdk.NoOutputGeneratedError.isInstance(error)
      ? unfit(error)
      : error
  }
}

function settingsOf({ instructions, messages, temperature, tokensMax, headers, signal }: Question) {
  return {
    messages: [...messages],
    allowSystemInMessages: true,
    maxRetries: 0,
    headers,
    abortSignal: signal,
    ...(instructions !== null && { instructions }),
    ...(temperature !== null && { temperature }),
    ...(tokensMax !== null && { maxOutputTokens: tokensMax }),
    // Else only schemas of a stricter kind are taken. Whether the answer fits is looked at here.
    providerOptions: { openai: { strictJsonSchema: false }, grok: { strictJsonSchema: false } },
  }
}

type Result = {
  readonly text: string
  readonly finishReason: string
  readonly response: { readonly modelId: string }
  readonly warnings: readonly ai.Warning[] | undefined
  readonly usage: {
    readonly inputTokens: number | undefined
    readonly outputTokens: number | undefined
    readonly totalTokens: number | undefined
  }
}

function read({ text, finishReason, response, usage, warnings = [] }: Result): Answered {
  const { inputTokens = null, outputTokens = null, totalTokens = null } = usage
  return {
    content: text,
    model: response.modelId,
    finishReason,
    usage: { inputTokens, outputTokens, totalTokens },
    warnings: warnings.map(warningOf),
  }
}

function warningOf(warning: ai.Warning): string {
  if ('feature' in warning) return `${warning.feature}: ${warning.details ?? 'not supported'}`
  return 'setting' in warning ? `${warning.setting}: ${warning.message}` : warning.message
}

async function schemaOf(sdk: Sdk, schema: Json) {
  const check = await compileSchema(schema)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whatever it is, it was compiled as a schema
  return sdk.jsonSchema<Json>(schema as Parameters<Sdk['jsonSchema']>[0], {
    validate(value) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was parsed from JSON
      const { value: filled, problems } = check(value as Json)
      const [first] = problems
      if (first === undefined) return { success: true, value: filled }
      return { success: false, error: new Error(`${first.path === '' ? 'it' : first.path} ${first.message}`) }
    },
  })
}

/** Another attempt may come out better, so it is left to the step's policy. */
function unfit(error: Error): ComponentError {
  const cause = error.cause instanceof Error ? (error.cause.cause ?? error.cause) : null
  const reason = cause instanceof Error ? cause.message : error.message
  const text = 'text' in error && typeof error.text === 'string' ? error.text : null
  const message = `Cannot use the answer of the model: ${reason}`
  return new ComponentError({ code: 'COMPONENT_FAILED', message, data: { content: text } })
}
