// One question to a language model, and what its failures mean for the step that asks.
import { isRecord, type Json } from '../../lib/json.ts'
import type { HttpClient, HttpResponse } from '../../net/client.ts'
import { Answer, type Call, ComponentError, type ErrorInfo } from '../component.ts'
import type { Answered, AskModel, Question, Vendor } from '../language-model.ts'
import { mappingIn } from './answer-json.ts'
import { guardedFetch } from './guarded-fetch.ts'
import { hide } from './hide.ts'
import { isSuccess, netFailure, statusFailure } from './http-failure.ts'
import { headersOf } from './http-parts.ts'
import { invalidInput } from './invalid-input.ts'

export type ModelPorts = {
  readonly http: HttpClient
  readonly askModel: AskModel
  readonly env: Readonly<Record<string, string | undefined>>
}

type Known = {
  readonly model: string
  readonly baseUrl: string
  /** The variables of the environment that may hold the key, the first before the others. */
  readonly keys: readonly string[]
  /** Whether a repeated request can be told by a header. */
  readonly takesKey: boolean
}

export const VENDORS: Readonly<Record<Vendor, Known>> = {
  anthropic: {
    model: 'claude-sonnet-5-5',
    baseUrl: 'https://api.anthropic.com/v1',
    keys: ['ANTHROPIC_API_KEY'],
    takesKey: true,
  },
  gemini: {
    model: 'gemini-flash-latest',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keys: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    takesKey: false,
  },
  grok: { model: 'grok-4.3', baseUrl: 'https://api.x.ai/v1', keys: ['XAI_API_KEY'], takesKey: true },
  openai: { model: 'gpt-6-luna', baseUrl: 'https://api.openai.com/v1', keys: ['OPENAI_API_KEY'], takesKey: true },
}

type Asked = Pick<
  Question,
  'vendor' | 'model' | 'instructions' | 'messages' | 'temperature' | 'tokensMax' | 'schema'
> & {
  readonly apiKey: string | null
  readonly baseUrl: string | null
  readonly timeoutMs: number
}

/** What the model answers, or the failure of the step. */
export async function ask(asked: Asked, ports: ModelPorts, call: Call): Promise<Answered | Answer> {
  const { vendor, timeoutMs } = asked
  const apiKey = keyOf(asked, ports.env)
  const { fetch, last } = guardedFetch(ports.http, { timeoutMs })
  const headers = VENDORS[vendor].takesKey ? headersOf({}, { key: call.key, isJson: false }) : {}
  const baseUrl = (asked.baseUrl ?? VENDORS[vendor].baseUrl).replace(/\/+$/, '')
  if (!URL.canParse(baseUrl)) throw invalidInput('Cannot use "base_url" of the input: it is not a URL')
  try {
    return await ports.askModel({ ...asked, apiKey, baseUrl, headers, fetch, signal: call.signal })
  } catch (error) {
    call.signal.throwIfAborted()
    return Answer.fail(hide(failureOf(error, last(), call), [apiKey]))
  }
}

/** The key of the machine goes to its vendor only, never to an address that a flow names. */
function keyOf({ vendor, apiKey, baseUrl }: Asked, env: ModelPorts['env']): string {
  const names = VENDORS[vendor].keys
  const found =
    apiKey ??
    (baseUrl === null ? names.map((name) => env[name]).find((one) => one !== undefined && one !== '') : undefined)
  if (found !== undefined) return found
  throw invalidInput(`Cannot find "api_key" in the input: expected text, or ${names.join(' or ')} in the environment`)
}

function failureOf(
  error: unknown,
  outcome: ReturnType<ReturnType<typeof guardedFetch>['last']>,
  { nowMs }: Call,
): ErrorInfo {
  if (outcome?.kind === 'failed') return netFailure(outcome)
  if (outcome !== null && !isSuccess(outcome.response)) return refusal(outcome.response, nowMs)
  if (error instanceof ComponentError) {
    const { code, message, data, isRetryable } = error
    return { code, message, ...(data !== null && { data }), ...(isRetryable !== undefined && { isRetryable }) }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return { code: 'COMPONENT_FAILED', message: `Cannot ask the model: ${reason}`, isRetryable: false }
}

/** Google says in the body how long to wait: `{"@type": "…/google.rpc.RetryInfo", "retryDelay": "36s"}`. */
function refusal(response: HttpResponse, nowMs: number): ErrorInfo {
  const failure = statusFailure(response, nowMs)
  if (failure.isRetryable === false || failure.retryAfterMs !== undefined) return failure
  const { error } = mappingIn(response)
  const details = isRecord(error) && Array.isArray(error['details']) ? error['details'] : []
  const delay = details
    .map((one: Json) => (isRecord(one) ? one['retryDelay'] : null))
    .find((one) => typeof one === 'string')
  const [, seconds] = /^(\d{1,9}(?:\.\d+)?)s$/.exec(typeof delay === 'string' ? delay : '') ?? []
  return seconds === undefined ? failure : { ...failure, retryAfterMs: Math.ceil(Number(seconds) * 1_000) }
}
