// Flows that arrive as data, for the components that run them: read once, however often they are asked for again.
import type { Json } from '../../lib/json.ts'
import { after, type MaybeAsync } from '../../lib/maybe-async.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Problem } from '../../plan/problem.ts'
import type { BlobPort } from './blobs.ts'
import { readBlob } from './blobs.ts'
import { anything, optional, text } from './fields.ts'
import { invalidInput } from './invalid-input.ts'

/** Compiles a flow that is plain data, whatever its language. */
export type CompileFlow = (document: Json) => MaybeAsync<CompiledFlow>
export type CompiledFlow =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }

/** The fields of an input that name a flow; exactly one is given. */
export const flowFields = {
  flow: optional(anything('The flow to run.')),
  workflow: optional(anything('The same as `flow`.')),
  flow_id: optional(text('The id of a blob that holds the flow to run.')),
}
type GivenFlow = { readonly flow: Json; readonly workflow: Json; readonly flow_id: string | null }

export type Flows = {
  /** @throws ComponentError `INVALID_INPUT` where there is no flow or it has errors: the same input will never have fewer. */
  planOf(given: GivenFlow): MaybeAsync<Plan>
}

/** Plans of stored flows that are kept at hand. */
const plansMax = 64
/** Problems that an error lists. */
const problemsShownMax = 10

export function createFlows(ports: { readonly compile: CompileFlow; readonly blobs: BlobPort }): Flows {
  // A flow in the text of another is the same object in every round and run; the content of a blob never changes.
  const inline = new WeakMap<object, Plan>()
  const stored = new Map<string, Plan>()

  function compile(document: Json, name: string, keep: (plan: Plan) => void): MaybeAsync<Plan> {
    return after(ports.compile(document), (compiled) => {
      if (compiled.kind === 'problems') throw invalidFlow(name, compiled.problems)
      keep(compiled.plan)
      return compiled.plan
    })
  }

  function planOfBlob(id: string): MaybeAsync<Plan> {
    const known = stored.get(id)
    if (known !== undefined) return known
    const [oldest] = stored.keys()
    return after(readBlob(ports.blobs, id, null), (document) =>
      compile(document, 'flow_id', (plan) => {
        if (stored.size >= plansMax && oldest !== undefined) stored.delete(oldest)
        stored.set(id, plan)
      }),
    )
  }

  return {
    planOf({ flow, workflow, flow_id: id }) {
      const names = Object.entries({ flow, workflow, flow_id: id }).flatMap(([name, value]) =>
        value === null ? [] : name,
      )
      const [name] = names
      if (name === undefined) throw invalidInput('Cannot find a flow in the input: expected "flow" or "flow_id"')
      if (names.length > 1)
        throw invalidInput(`Cannot tell which flow to run: only one of ${names.join(' and ')} may be given`)
      if (id !== null) return planOfBlob(id)
      const document = flow ?? workflow
      if (typeof document !== 'object' || document === null) return compile(document, name, () => {})
      return inline.get(document) ?? compile(document, name, (plan) => void inline.set(document, plan))
    },
  }
}

function invalidFlow(name: string, problems: readonly Problem[]): Error {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const what =
    first === undefined
      ? 'it cannot be read'
      : `${first.message}${first.step === null ? '' : ` in step "${first.step}"`}`
  const shown = errors
    .slice(0, problemsShownMax)
    .map(({ code, message, step, hint }) => ({ code, message, step, hint }))
  return invalidInput(`Cannot run the flow in "${name}": ${what}${more}`, { problems: shown })
}
