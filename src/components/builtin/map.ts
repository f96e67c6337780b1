// Runs a flow for each item of a list. An item that fails does not fail the step: it is counted.
import type { Json } from '../../lib/json.ts'
import { after } from '../../lib/maybe-async.ts'
import { Answer, type Call, type Component, type FrameOutcome } from '../component.ts'
import { fields, list, optional, wholeNumber } from './fields.ts'
import { toFlowResult } from './flow-result.ts'
import { flowFields, type Flows } from './flows.ts'
import { invalidInput } from './invalid-input.ts'

const itemsPerLoopMax = 1_000_000
const lanesMax = 1_024

const input = fields({
  ...flowFields,
  items: list('The inputs, one for each run of the flow.'),
  max_concurrency: optional(wholeNumber('Runs of the flow at once.', 1, lanesMax)),
})

export function createMap(flows: Flows): Component {
  return {
    effect: 'pure',
    input: input.schema,
    checksInput: true,
    description:
      'Run a flow for each item and answer { results, successful, failed, skipped }, in the order of the items',
    run(given: Json, call: Call) {
      if (call.round > 1) return summarise(call.results)
      const asked = input.read(given)
      const { items, max_concurrency: parallelMax } = asked
      if (items.length > itemsPerLoopMax)
        throw invalidInput(`Cannot run a flow for ${items.length} items: itemsPerLoopMax is ${itemsPerLoopMax}`)
      return after(flows.planOf(asked), (plan) =>
        items.length === 0 ? summarise([]) : Answer.frames(plan, items, parallelMax),
      )
    },
  }
}

function summarise(outcomes: readonly FrameOutcome[]): Json {
  const count = (kind: FrameOutcome['outcome']): number => outcomes.filter(({ outcome }) => outcome === kind).length
  const results = outcomes.map(toFlowResult)
  return { results, successful: count('success'), failed: count('failed'), skipped: count('skipped') }
}
