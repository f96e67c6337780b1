// Attempts that wait for flows inside the run, and their time limits. Whether one ends in time, no oracle can know: its flows may wait for
// others, and the clock of the next process may be an hour behind. So it is told, and what can be known is checked here.
import type { Event } from '../../src/core/events.ts'
import type { TaskRef } from '../../src/core/facts.ts'
import { NO_LANE } from '../../src/core/state.ts'
import { assert } from '../../src/lib/assert.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { kindOf } from './components.ts'
import type { Tell } from './oracle.ts'

type Task = Pick<TaskRef, 'frame' | 'step' | 'lane'>

/** From the limit, or from when the next process took up the run, if that is later: its clock may be an hour ahead. */
const LATE_MS_MAX = 20_000

/** An attempt that asked for flows ends at its limit, if not before, whatever becomes of its process. */
export function checkLimits(events: readonly Event[]): void {
  const limits = new Map<string, number>()
  const waits = new OpenFrames()
  let resumedMs = 0
  for (const event of events) {
    waits.note(event)
    if (event.kind === 'run-resumed') {
      resumedMs = event.atMs
      // What does not wait was at work: it is another attempt from here on.
      for (const key of limits.keys()) if (!waits.has(key)) limits.delete(key)
    }
    const task = taskOf(event)
    if (task === null) continue
    const limitMs = limits.get(keyOf(task))
    const isLate = event.atMs - Math.max(limitMs ?? event.atMs, resumedMs) > LATE_MS_MAX
    assert(!isLate, `${event.kind} of ${keyOf(task)} is at ${event.atMs}, long after its time limit of ${limitMs}`)
    if (event.kind === 'frames-asked') {
      assert(limitMs === undefined || limitMs === event.limitMs, 'all rounds of an attempt have one time limit')
      if (typeof event.limitMs === 'number') limits.set(keyOf(task), event.limitMs)
    } else if (event.kind !== 'frame-opened') {
      assert(event.atMs >= (limitMs ?? 0) || !isTimeout(event), `${keyOf(task)} ends before its time limit`)
      limits.delete(keyOf(task))
    }
  }
}

/** Which tasks wait for flows that have not ended. */
class OpenFrames {
  readonly #left = new Map<string, number>()
  readonly #parents = new Map<number, string>()

  has(key: string): boolean {
    return (this.#left.get(key) ?? 0) > 0
  }

  note(event: Event): void {
    if (event.kind === 'frames-asked') this.#left.set(keyOf(event), event.inputs.length)
    else if (event.kind === 'frame-opened') this.#parents.set(event.child, keyOf(event))
    else if (event.kind === 'frame-ended') {
      const key = this.#parents.get(event.child) ?? ''
      this.#left.set(key, (this.#left.get(key) ?? 0) - 1)
    }
  }
}

/** Which attempts were over their time limit, by their step and item, and how often that had failed before. */
export function overtimesIn(plan: Plan, events: readonly Event[]): Tell['isOvertime'] {
  const asksForFlows = (step: number): boolean => kindOf(plan.steps[step]?.component ?? '') === 'frames'
  const overtimes = new Set<string>()
  const failures = new Map<string, number>()
  for (const event of events) {
    const task = taskOf(event)
    if (task === null || task.frame !== 0 || !asksForFlows(task.step)) continue
    const before = failures.get(keyOf(task)) ?? 0
    if (isTimeout(event)) overtimes.add(`${task.step}.${task.lane}.${before}`)
    if (event.kind === 'attempt-failed') failures.set(keyOf(task), before + 1)
  }
  return (step, item, count) => (asksForFlows(step) ? overtimes.has(`${step}.${item ?? NO_LANE}.${count}`) : null)
}

function isTimeout(event: Event): boolean {
  if (event.kind === 'attempt-failed') return event.how === 'timed-out'
  return (
    'cause' in event && event.cause !== null && event.cause.error?.code === 'TIMEOUT' && event.cause.origin === null
  )
}

function taskOf(event: Event): Task | null {
  if (!('step' in event)) return null
  return { frame: event.frame, step: event.step, lane: 'lane' in event ? event.lane : NO_LANE }
}

function keyOf({ frame, step, lane }: Task): string {
  return `${frame}.${step}.${lane}`
}
