// What steps have logged, told from the events of their run.
import type { RunEvent } from './events.ts'
import type { Run } from './run-handle.ts'

/** What one call of a step's component has logged; `item` is `null` where the step is no loop. */
export type StepLog = { readonly attempt: number; readonly item: number | null; readonly text: string }

/** What is logged in this event by this step of the run's own flow, or by this item of it; `null`: nothing. */
export function logIn({ kind, at, attempt, text }: RunEvent, step: string, item: number | null = null): StepLog | null {
  if (kind !== 'task-logged' || at?.frame !== 0 || at.step !== step || typeof text !== 'string') return null
  return item === null || at.item === item ? { attempt: Number(attempt), item: at.item, text } : null
}

/** What a step of the run's own flow, or this item of it, has logged last, as far as it is stored; `null`: nothing. */
export async function lastLogOf(run: Run, step: string, item: number | null): Promise<StepLog | null> {
  let last: StepLog | null = null
  for await (const event of run.storedEvents()) last = logIn(event, step, item) ?? last
  return last
}
