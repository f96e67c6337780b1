// A new run of a flow that takes over what an earlier run has done.
import { type Reuse, reuse } from '../core/reuse.ts'
import type { RunRecord } from '../core/summary.ts'
import type { Event } from '../core/events.ts'
import type { Engine } from '../engine/engine.ts'
import type { Json } from '../lib/json.ts'
import type { Value } from '../plan/leaf.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunRow } from '../stores/store.ts'
import type { Flow } from './flow.ts'
import type { Run } from './run-handle.ts'

/** An earlier run, as far as a new one needs it. */
export type Before = {
  readonly row: RunRow
  readonly plan: Plan
  readonly record: RunRecord
  /** Large parts read. */
  readonly input: Json
  readonly events: readonly Event[]
}

/** `null` where the store has no such run, or not its plan. */
export async function readBefore(core: Engine, id: string, run: Run | null): Promise<Before | null> {
  const row = await core.store.getRun(id)
  if (row === null || run === null) return null
  const { program, record } = await run.record()
  const input = await core.reveal(null, record.input)
  return { row, plan: program.plan, record, input, events: await core.store.events(id, 0) }
}

/** The flow of a run as its plan says it: nothing of its text is needed. */
export function storedFlow({ plan, row }: Before): Flow {
  const { plan: id, flow: name, language } = row
  const source = { text: '', file: null }
  return { kind: 'flow', id, name, language, plan, warnings: [], source, calls: [], requiredVariables: [] }
}

/** Variables of the run that are no secrets. */
export function plainVariables({ plan, record }: Before): { readonly [name: string]: Json } {
  const secrets = secretsOf(plan)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without secrets a variable is plain
  return Object.fromEntries([...record.variables].filter(([name]) => !secrets.has(name))) as { [name: string]: Json }
}

function secretsOf(plan: Plan): ReadonlySet<string> {
  return new Set(plan.variables.flatMap(({ name, isSecret }) => (isSecret ? name : [])))
}

/** What is taken over, and what is done again. A secret that is given again is taken for the same. */
export function planReuse(
  before: Before,
  {
    plan,
    input,
    variables,
    from,
  }: {
    readonly plan: Plan
    readonly input: Json
    readonly variables: { readonly [name: string]: Json }
    readonly from: ReadonlySet<string>
  },
): Reuse {
  const secrets = secretsOf(before.plan)
  const given: { [name: string]: Value } = { ...variables }
  for (const [name, sealed] of before.record.variables) if (secrets.has(name) && name in given) given[name] = sealed
  const record = { ...before.record, input: before.input }
  return reuse(
    { plan: before.plan, record, events: before.events },
    { plan, input, variables: given },
    from,
    Date.now(),
  )
}
