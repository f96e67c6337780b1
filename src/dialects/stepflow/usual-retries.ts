// What the language tries again by itself, where a step does not say `retry`.
import type { OnError, RetryPolicy } from '../../plan/plan.ts'
import type { CompileOptions } from '../dialect.ts'

/** Codes of calls that did not get through. */
const transport = ['TIMEOUT', 'UNREACHABLE']
/** Codes of failures that another try would only repeat. */
const permanent = [
  'INVALID_INPUT',
  'COMPONENT_NOT_FOUND',
  'WORKER_ERROR',
  'CANCELLED',
  'EXPRESSION_FAILURE',
  'ORCHESTRATOR_ERROR',
  'NO_STUB',
]

/**
 * What the language does by itself: calls that did not get through are tried again as the configuration says, a
 * component's own failures as `retries` says, and a step that handles its failure not at all.
 */
export function usualPolicy(onError: OnError, retries: number | null, options: CompileOptions): RetryPolicy {
  if (onError.kind !== 'fail') return []
  const { transportRetriesMax, backoff } = options
  const lost = { retriesMax: transportRetriesMax, on: transport, except: [], backoff }
  if (retries === null) return [lost]
  return [lost, { retriesMax: retries, on: null, except: [...transport, ...permanent], backoff }]
}
