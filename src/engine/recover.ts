// A run as its log left it: folded, settled, and ready to be told that it goes on.
import { evolve } from '../core/evolve.ts'
import type { Event } from '../core/events.ts'
import { settle } from '../core/settle.ts'
import { newState, type State } from '../core/state.ts'
import { Turn } from '../core/turn.ts'
import type { Program } from '../plan/link.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunRow, Store } from '../stores/store.ts'
import { EngineError } from './errors.ts'

export type Recovered = { readonly state: State; readonly events: readonly Event[] }

/** Reads the log of `row` and plays it. */
export async function recover(
  row: RunRow,
  store: Store,
  link: (plan: Plan, id: string) => Program,
  nowMs: number,
): Promise<Recovered> {
  const events = await store.events(row.id, 0)
  const programs = new Map<string, Program>()
  for (const id of plansOf(row, events)) {
    const plan = await store.getPlan(id)
    if (plan === null) throw new EngineError('PLAN_MISSING', `The plan ${id} of run ${row.id} is not in the store`)
    programs.set(id, link(plan, id))
  }
  const root = programs.get(row.plan)
  if (root === undefined) throw new EngineError('PLAN_MISSING', `Run ${row.id} has no plan`)
  const state = newState(root, programs)
  for (const event of events) evolve(state, event)
  settle(new Turn(state), state, nowMs)
  return { state, events }
}

/** The plans that a log names, the run's own first. */
function plansOf(row: RunRow, events: readonly Event[]): ReadonlySet<string> {
  return new Set([row.plan, ...events.flatMap((event) => (event.kind === 'frames-asked' ? [event.plan] : []))])
}
