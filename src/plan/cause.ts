// Why a step did not succeed, as data: stored with every such end, so that "why did this not run" is a lookup.
import { isRecord, type Json } from '../lib/json.ts'
import type { StepIndex } from './expr.ts'
import type { Value } from './leaf.ts'

/** What went wrong. */
export type ErrorInfo = {
  readonly code: string
  readonly message: string
  readonly data?: Json
  /** `false`: another attempt would fail the same way. Absent: as the code says. */
  readonly isRetryable?: boolean
  /** The world asked not to be tried again sooner. */
  readonly retryAfterMs?: number
  /** The flow is at fault, not the call: no policy of the step turns this into anything else. */
  readonly isFault?: true
}

/** How errors were published where manifests come from: those of code as they were raised, any other by its code. */
export type PublishedError = { readonly name: string; readonly value: string; readonly traceback: string | null }

export function publishedError({ code, message, data }: ErrorInfo): PublishedError {
  const { name, value, traceback } = isRecord(data) ? data : {}
  return typeof name === 'string' && typeof value === 'string' && typeof traceback === 'string'
    ? { name, value, traceback }
    : { name: code, value: message, traceback: null }
}

export type CauseKind =
  | 'condition-false'
  | 'condition-broken'
  | 'dependency-skipped'
  | 'dependency-failed'
  | 'error-skipped'
  | 'component-skipped'
  | 'not-needed'
  | 'cancelled'
  | 'input-failed'
  | 'component-failed'
  | 'timed-out'
  | 'lost'

/** Why a step was skipped, failed, or succeeded by a substitute. All fields are always there: one shape. */
export type Cause = {
  readonly kind: CauseKind
  /** The step of the same frame where it began; `null`: the step that has this cause. */
  readonly origin: StepIndex | null
  readonly error: ErrorInfo | null
  readonly message: string | null
  /** What a condition read, by how it was written. */
  readonly values: { readonly [name: string]: Value } | null
  /** The item with which a loop failed. */
  readonly item: number | null
}

/** A cause of `kind`, with what else is known of it. */
export function aCause(kind: CauseKind, known: Partial<Omit<Cause, 'kind'>> = {}): Cause {
  const { origin = null, error = null, message = null, values = null, item = null } = known
  return { kind, origin, error, message, values, item }
}
