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

/** All that a step of the run's own flow has logged, as far as it is stored. */
export async function logsOf(run: Run, step: string): Promise<readonly StepLog[]> {
  const logs: StepLog[] = []
  for await (const event of run.storedEvents()) {
    const log = logIn(event, step)
    if (log !== null) logs.push(log)
  }
  return logs
}
