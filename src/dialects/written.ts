// A plan written down again, in a language that may not have been its own: what the languages spell alike, and what could not be said.
import type { Json } from '../lib/json.ts'
import type { RetryBudget, RetryPolicy, Step } from '../plan/plan.ts'

/** The document, and what it does not say, step by step. */
export type Written = { readonly document: Json; readonly losses: readonly Loss[] }
export type Loss = { readonly step: string | null; readonly what: string }

function durationText(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`
}

/** Collects what is lost of one step. */
export type Lose = (what: string) => void

/** Keys of a mapping that are there. */
export function given(entries: { readonly [key: string]: Json | undefined }): { [key: string]: Json } {
  const present: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(entries)) if (value !== undefined) present[key] = value
  return present
}

/** `needs`, `join`, `timeout`, `retry` and `concurrency`. */
export function commonKeys(step: Step, idOf: (index: number) => string, lose: Lose): { [key: string]: Json } {
  const { needs, timeoutMs, each, retry } = step
  return given({
    needs: needs === null ? undefined : needs.steps.map(idOf),
    join: needs === null || needs.join === 'all' ? undefined : needs.join,
    timeout: timeoutMs === null ? undefined : durationText(timeoutMs),
    concurrency: each?.parallelMax ?? undefined,
    retry: retryOf(retry, lose),
  })
}

/** Codes on which engines and tools try again by themselves: that is their configuration, and no word of the flow. */
const byThemselves = new Set(['TIMEOUT', 'UNREACHABLE', 'RESOURCE_UNAVAILABLE'])

function isOwn({ on }: RetryBudget): boolean {
  return on === null || !(on.length === 2 && on.includes('UNREACHABLE') && on.every((code) => byThemselves.has(code)))
}

function retryOf(policy: RetryPolicy, lose: Lose): Json | undefined {
  const [budget, ...others] = policy.filter(isOwn)
  if (budget === undefined) return undefined
  if (others.length > 0 || budget.except.length > 0)
    lose('some errors are tried again more often than others: only the first number is kept')
  const { kind, delayMs } = budget.backoff
  return given({
    max: budget.retriesMax,
    delay: durationText(delayMs),
    backoff: kind,
    on: budget.on === null ? undefined : [...budget.on],
  })
}
