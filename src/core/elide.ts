// Leaves starts out of what is stored: a start whose own outcome is in the same append tells nothing that the outcome does not.
// What is left out shows in the outcome as `tookMs`; folding the outcome alone leads to the same state.
import type { Event } from './events.ts'
import { NO_LANE, packed } from './state.ts'

/** The events that are to be stored for `events`, in their order. */
export function elideStarts(events: readonly Event[]): readonly Event[] {
  if (!mayHavePairs(events)) return events
  const pairs = new Pairs()
  events.forEach((event, at) => pairs.note(event, at))
  if (pairs.ends.size === 0) return events
  const leftOut = new Set<number>()
  const tookMs = new Map<number, number>()
  for (const [at, ends] of pairs.ends) {
    const start = events[at]
    if (start === undefined || ends.length < startedBy(start)) continue
    leftOut.add(at)
    for (const end of ends) tookMs.set(end, (events[end]?.atMs ?? start.atMs) - start.atMs)
  }
  return events.flatMap((event, at) => {
    if (leftOut.has(at)) return []
    const took = tookMs.get(at)
    return took === undefined ? event : { ...event, tookMs: took }
  })
}

/** Whether there is an outcome after a start: most often there is none, and the quick look saves the thorough one. */
function mayHavePairs(events: readonly Event[]): boolean {
  let hasStarted = false
  for (const event of events) {
    if (event.kind === 'step-started' || event.kind === 'lanes-started') hasStarted = true
    else if (hasStarted && isOutcome(event)) return true
  }
  return false
}

function startedBy(start: Event): number {
  return start.kind === 'lanes-started' ? start.to - start.from : 1
}

/** Starts, and the outcomes that follow them with nothing of the same task in between but what it logged. */
class Pairs {
  /** Places of outcomes by the place of their start. */
  readonly ends = new Map<number, number[]>()
  readonly #steps = new Map<number, number>()
  readonly #lanes = new Map<string, number>()

  note(event: Event, at: number): void {
    if (!('step' in event) || event.kind === 'task-logged') return
    const step = packed(event.frame, event.step)
    if (event.kind === 'step-started') {
      if (event.items < 0) this.#steps.set(step, at)
    } else if (event.kind === 'lanes-started') {
      for (let lane = event.from; lane < event.to; lane += 1) this.#lanes.set(`${step}.${lane}`, at)
    } else if ('lane' in event && event.lane !== NO_LANE) this.#close(this.#lanes, `${step}.${event.lane}`, event, at)
    else this.#close(this.#steps, step, event, at)
  }

  #close<Key>(open: Map<Key, number>, key: Key, event: Event, at: number): void {
    const start = open.get(key)
    if (start === undefined) return
    open.delete(key)
    if (!isOutcome(event)) return
    const ends = this.ends.get(start)
    if (ends === undefined) this.ends.set(start, [at])
    else ends.push(at)
  }
}

type OutcomeEvent = Extract<
  Event,
  { kind: 'lane-ended' | 'step-succeeded' | 'step-substituted' | 'step-skipped' | 'step-failed' }
>

/** Whether a task has ended with this event. */
export function isOutcome(event: Event): event is OutcomeEvent {
  const { kind } = event
  return (
    kind === 'lane-ended' ||
    kind === 'step-succeeded' ||
    kind === 'step-substituted' ||
    kind === 'step-skipped' ||
    kind === 'step-failed'
  )
}
