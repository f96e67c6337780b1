// A run as its log left it: folded, settled, and ready to be told that it goes on.
import { evolve } from '../core/evolve.ts'
import type { Event } from '../core/events.ts'
import { settle } from '../core/settle.ts'
import { newState, type State } from '../core/state.ts'
import { Turn } from '../core/turn.ts'
import type { MaybeAsync } from '../lib/maybe-async.ts'
import type { Program } from '../plan/link.ts'
import type { RunRow, Store } from '../stores/store.ts'
import { EngineError } from './errors.ts'
import { logPages } from './log-pages.ts'

export type Recovered = {
  readonly state: State
  /** How many events its log has. */
  readonly eventCount: number
  /** When the last of them was. */
  readonly lastMs: number
}

/** The plan with this id, ready to run; `null` where it is not to be found. */
export type ProgramOf = (id: string) => MaybeAsync<Program | null>

/** Reads the log of `row` and plays it. */
export async function recover(row: RunRow, store: Store, programOf: ProgramOf, nowMs: number): Promise<Recovered> {
  const programs = new Map<string, Program>()
  const state = newState(await linked(row.plan), programs)
  let [eventCount, lastMs] = [0, 0]
  for await (const events of logPages(store, row.id)) {
    for (const id of plansAskedFor(events)) if (!programs.has(id)) await linked(id)
    for (const event of events) evolve(state, event)
    eventCount += events.length
    lastMs = events.at(-1)?.atMs ?? lastMs
  }
  settle(new Turn(state), state, nowMs)
  return { state, eventCount, lastMs }

  async function linked(id: string): Promise<Program> {
    const program = await programOf(id)
    if (program === null) throw new EngineError('PLAN_MISSING', `The plan ${id} of run ${row.id} is not in the store`)
    programs.set(id, program)
    return program
  }
}

function plansAskedFor(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'frames-asked' ? [event.plan] : []))
}
