// The seam for language models: what a component asks of one. What is behind it speaks to a vendor through the given `fetch` alone.
import type { Json } from '../lib/json.ts'

export type Vendor = 'anthropic' | 'gemini' | 'grok' | 'openai'

export type Message = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }

export type Question = {
  readonly vendor: Vendor
  readonly model: string
  readonly apiKey: string
  /** Where the vendor is reached, without a `/` at its end. */
  readonly baseUrl: string
  readonly instructions: string | null
  readonly messages: readonly Message[]
  readonly temperature: number | null
  readonly tokensMax: number | null
  /** A JSON Schema: the answer is data that fits it. */
  readonly schema: Json | null
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal
}

export type Answered = {
  readonly content: string
  /** The model that answered, by its own words. */
  readonly model: string
  readonly finishReason: string
  readonly usage: {
    readonly inputTokens: number | null
    readonly outputTokens: number | null
    readonly totalTokens: number | null
  }
  /** What was asked for and cannot be had of this model. */
  readonly warnings: readonly string[]
  /** What fits the schema; absent where there is none. */
  readonly object?: Json
}

/** @throws ComponentError where libraries are missing or the answer is none; whatever `fetch` throws. */
export type AskModel = (question: Question) => Promise<Answered>
