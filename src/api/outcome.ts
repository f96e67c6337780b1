// Ends and causes as everybody outside sees them: step ids for indices, secrets masked, absent parts left out.
import type { Outcome } from '../core/events.ts'
import { EngineError } from '../engine/errors.ts'
import { unreachable } from '../lib/assert.ts'
import type { Json } from '../lib/json.ts'
import { type Cause, type CauseKind, type ErrorInfo, publishedError } from '../plan/cause.ts'
import { toShown } from '../plan/leaf.ts'
import type { Program } from '../plan/link.ts'

/** How a run ended. A flow that failed is a value, not a thrown error. */
export type RunOutcome =
  | { readonly outcome: 'success'; readonly result: Json }
  | { readonly outcome: 'failed'; readonly error: RunError }
  | { readonly outcome: 'skipped'; readonly cause: ShownCause }
  | { readonly outcome: 'cancelled'; readonly reason?: string }

/** An error with the step, and the item of its loop, where it began. */
export type RunError = ErrorInfo & { readonly step?: string; readonly item?: number }

/** Why a step did not succeed. */
export type ShownCause = {
  readonly kind: CauseKind
  /** The step where it began, when that is another. */
  readonly step?: string
  readonly message?: string
  /** What a condition read. */
  readonly values?: Json
  readonly item?: number
}

export function showOutcome(outcome: Outcome, program: Program): RunOutcome {
  switch (outcome.outcome) {
    case 'success':
      return { outcome: 'success', result: toShown(outcome.result) }
    case 'failed': {
      const { error, step, item } = outcome
      return {
        outcome: 'failed',
        error: { ...showError(error, program), ...(step === null ? {} : { step }), ...(item === null ? {} : { item }) },
      }
    }
    case 'skipped':
      return { outcome: 'skipped', cause: showCause(outcome.cause, program) }
    case 'cancelled':
      return outcome.reason === null ? { outcome: 'cancelled' } : { outcome: 'cancelled', reason: outcome.reason }
    default:
      return unreachable(outcome)
  }
}

export function showCause({ kind, origin, message, values, item, error }: Cause, program: Program): ShownCause {
  const step = origin === null ? undefined : program.steps[origin]?.id
  const text = message ?? error?.message
  return {
    kind,
    ...(step === undefined ? {} : { step }),
    ...(text === undefined || text === '' ? {} : { message: text }),
    ...(values === null ? {} : { values: toShown(values) }),
    ...(item === null ? {} : { item }),
  }
}

/** An error without what only the engine needs; by other names too, where its flow has them. */
export function showError(error: ErrorInfo, { plan }: Program): ErrorInfo {
  const { code, message, data } = error
  return {
    code,
    message,
    ...(data === undefined ? {} : { data }),
    ...(plan.namesErrors === true ? publishedError(error) : {}),
  }
}

/** Whether the engine was closed before there was an outcome: the next one that opens the store goes on. */
export function isEngineClosed(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'ENGINE_CLOSED'
}
