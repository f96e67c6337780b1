// Runs a flow again and again: its output says `{ next }`, the input of the next turn, or `{ result }`, which ends it.
// Nothing is kept between rounds but what the engine hands in: how many there were, and how the last one ended.
import { assert } from '../../lib/assert.ts'
import { isRecord, type Json, kindOf } from '../../lib/json.ts'
import { after, type MaybeAsync } from '../../lib/maybe-async.ts'
import { Answer, type Call, type Component } from '../component.ts'
import { anything, fields, optional, wholeNumber, withDefault } from './fields.ts'
import { flowFields, type Flows } from './flows.ts'
import { invalidInput } from './invalid-input.ts'

const iterationsDefault = 1_000
const iterationsMax = 1_000_000
const keysShownMax = 10

const input = fields({
  ...flowFields,
  initial_input: optional(anything('The input of the first turn.')),
  max_iterations: withDefault(wholeNumber('Turns at most.', 0, iterationsMax), iterationsDefault),
})

export function createIterate(flows: Flows): Component {
  return {
    effect: 'pure',
    input: input.schema,
    checksInput: true,
    description: 'Run a flow until its output has a `result`, each time with the last `next`',
    run(given: Json, call: Call) {
      const asked = input.read(given)
      const iterations = call.round - 1
      const next = iterations === 0 ? { next: asked.initial_input } : lastOutput(call)
      if (next instanceof Answer) return next
      if ('result' in next) return { result: next.result, iterations, terminated: false }
      return goOn(flows, asked, next.next, iterations)
    },
  }
}

type Asked = ReturnType<typeof input.read>
type Output = { readonly result: Json } | { readonly next: Json }

function goOn(flows: Flows, asked: Asked, next: Json, iterations: number): MaybeAsync<Json | Answer> {
  if (iterations >= asked.max_iterations) return { result: next, iterations, terminated: true }
  return after(flows.planOf(asked), (plan) => Answer.frames(plan, [next]))
}

/** A field counts where it is there, also with `null` in it. */
function lastOutput({ results: [outcome] }: Call): Output | Answer {
  assert(outcome !== undefined, 'a later round has the outcome of the one before')
  if (outcome.outcome === 'failed') return Answer.fail(outcome.error)
  if (outcome.outcome === 'skipped') return Answer.skip('The flow was skipped')
  const output = outcome.result
  if (isRecord(output)) {
    if (Object.hasOwn(output, 'result')) return { result: output['result'] ?? null }
    if (Object.hasOwn(output, 'next')) return { next: output['next'] ?? null }
  }
  const found = isRecord(output) ? Object.keys(output).slice(0, keysShownMax) : kindOf(output)
  throw invalidInput("Workflow result must contain either 'result' or 'next' field", { found })
}
