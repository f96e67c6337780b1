// When a failed attempt is tried again. Pure: chance comes in as a number, and the time it led to is stored with the event.
import type { ErrorInfo } from '../plan/cause.ts'
import type { Backoff, RetryBudget, RetryPolicy } from '../plan/plan.ts'

/** The first budget that covers `error`, as an index of the policy; -1: none does. */
export function budgetFor(policy: RetryPolicy, error: ErrorInfo): number {
  if (error.isRetryable === false) return -1
  return policy.findIndex((budget) => covers(budget, error.code))
}

function covers({ on, except }: RetryBudget, code: string): boolean {
  return (on === null || on.includes(code)) && !except.includes(code)
}

/**
 * The wait before a retry, in whole milliseconds.
 *
 * @param retry Which retry of its budget it is, from 1.
 * @param chance In [0, 1): how much of the jitter is taken away.
 * @example retryDelayMs({ kind: 'exponential', delayMs: 100, delayMsMax: 1_000, factor: 2, jitter: 0 }, 3, 0.5) // 400
 */
export function retryDelayMs(backoff: Backoff, retry: number, chance: number): number {
  const fullMs = Math.min(backoff.delayMsMax, backoff.delayMs * growth(backoff, retry))
  return Math.round(fullMs * (1 - backoff.jitter * chance))
}

function growth({ kind, factor }: Backoff, retry: number): number {
  if (kind === 'fixed') return 1
  if (kind === 'exponential') return factor ** (retry - 1)
  let [before, now] = [0, 1]
  for (let count = 1; count < retry; count += 1) [before, now] = [now, before + now]
  return now
}
