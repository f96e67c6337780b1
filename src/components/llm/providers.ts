// The vendors: for each a library of its own, imported by the first question to it.
// Everything that a library would look up in the environment is given.
import type { LanguageModel } from 'ai'
import type { Question, Vendor } from '../language-model.ts'

type Asked = Pick<Question, 'model' | 'apiKey' | 'baseUrl' | 'fetch'>
type Provide = (asked: Asked) => Promise<LanguageModel>

/** The model that a question goes to. */
export function provide(vendor: Vendor, asked: Asked): Promise<LanguageModel> {
  return PROVIDERS[vendor](asked)
}

/** What to install beside the SDK itself. */
export const LIBRARIES: Readonly<Record<Vendor, string>> = {
  anthropic: '@ai-sdk/anthropic@4',
  gemini: '@ai-sdk/google@4',
  grok: '@ai-sdk/openai-compatible@3',
  openai: '@ai-sdk/openai@4',
}

const PROVIDERS: Readonly<Record<Vendor, Provide>> = {
  async anthropic({ model, apiKey, baseUrl, fetch }) {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return createAnthropic({ apiKey, baseURL: baseUrl, fetch })(model)
  },
  async gemini({ model, apiKey, baseUrl, fetch }) {
    const { createGoogle } = await import('@ai-sdk/google')
    return createGoogle({ apiKey, baseURL: baseUrl, fetch })(model)
  },
  async grok({ model, apiKey, baseUrl, fetch }) {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    const name = 'grok'
    return createOpenAICompatible({ name, apiKey, baseURL: baseUrl, fetch, supportsStructuredOutputs: true })(model)
  },
  async openai({ model, apiKey, baseUrl, fetch }) {
    const { createOpenAI } = await import('@ai-sdk/openai')
    return createOpenAI({ apiKey, baseURL: baseUrl, fetch }).chat(model)
  },
}
