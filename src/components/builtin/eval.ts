// Runs a flow as one step. Its outcome is data: a flow that failed is a step that succeeded, unless `propagate` says otherwise.
import { assert } from '../../lib/assert.ts'
import type { Json } from '../../lib/json.ts'
import { after } from '../../lib/maybe-async.ts'
import { Answer, type Call, type Component, type FrameOutcome } from '../component.ts'
import { anything, fields, flag, optional, withDefault } from './fields.ts'
import { toFlowResult } from './flow-result.ts'
import { flowFields, type Flows } from './flows.ts'

const input = fields({
  ...flowFields,
  input: optional(anything('The input of that flow.')),
  propagate: withDefault(flag('Whether the step fails or is skipped as the flow was.'), false),
})

export function createEval(flows: Flows): Component {
  return {
    effect: 'pure',
    input: input.schema,
    checksInput: true,
    description: 'Run a flow and answer { result: its outcome, run_id }',
    run(given: Json, call: Call) {
      const asked = input.read(given)
      if (call.round === 1) return after(flows.planOf(asked), (plan) => Answer.frames(plan, [asked.input]))
      const [outcome] = call.results
      assert(outcome !== undefined, 'a later round has the outcome of the one before')
      return asked.propagate ? propagate(outcome, call.run) : wrap(outcome, call.run)
    },
  }
}

function wrap(outcome: FrameOutcome, run: string): Json {
  return { result: toFlowResult(outcome), run_id: run }
}

function propagate(outcome: FrameOutcome, run: string): Json | Answer {
  if (outcome.outcome === 'failed') return Answer.fail(outcome.error)
  return outcome.outcome === 'skipped' ? Answer.skip('The flow was skipped') : wrap(outcome, run)
}
