// How a flow that ran inside a step ended, as the flow around it sees it: data.
import { unreachable } from '../../lib/assert.ts'
import type { Json } from '../../lib/json.ts'
import type { FrameOutcome } from '../component.ts'

export function toFlowResult(outcome: FrameOutcome): Json {
  switch (outcome.outcome) {
    case 'success':
      return { outcome: 'success', result: outcome.result }
    case 'failed': {
      const { code, message, data } = outcome.error
      return { outcome: 'failed', error: data === undefined ? { code, message } : { code, message, data } }
    }
    case 'skipped':
      return { outcome: 'skipped' }
    default:
      return unreachable(outcome)
  }
}
