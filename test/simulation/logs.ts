// What components of the simulation log, and that it is stored before what they answered: once, and of no call that did not log.
import type { Event } from '../../src/core/events.ts'
import type { TaskRef } from '../../src/core/facts.ts'
import { evolve } from '../../src/core/evolve.ts'
import { attemptOf, homeOf, newState, NO_LANE, roundOf, slotOf, type State } from '../../src/core/state.ts'
import { assert } from '../../src/lib/assert.ts'
import type { Program } from '../../src/plan/link.ts'
import { SLEEPING, SUCCESS } from '../../src/plan/status.ts'

const ONE_IN = 3

/** What a call logs as it begins; `null`: nothing. */
export function logOf(seed: number, { step, lane, attempt, round }: TaskRef): string | null {
  return (seed + step + lane + attempt + round) % ONE_IN === 0 ? `attempt ${attempt} round ${round}` : null
}

export function checkLogs(
  seed: number,
  root: Program,
  programs: ReadonlyMap<string, Program>,
  events: readonly Event[],
): void {
  const state = newState(root, new Map(programs))
  const logged = new Set<string>()
  for (const event of events) {
    const task = taskIn(state, event)
    if (task !== null) {
      const { frame, step, lane, attempt, round } = task
      const name = `${frame}.${step}.${lane} attempt ${attempt} round ${round}`
      const text = logOf(seed, task)
      if (event.kind === 'task-logged') {
        assert(event.attempt === attempt && event.text === text, `what ${name} logged is stored, not "${event.text}"`)
        assert(!logged.has(name), `what ${name} logged is stored once`)
        logged.add(name)
      } else assert(text === null || logged.has(name), `what ${name} logged comes before its ${event.kind}`)
    }
    evolve(state, event)
  }
}

/** The task that logs or answers by this event, with its attempt and round; `null` where no component has answered. */
function taskIn(state: State, event: Event): TaskRef | null {
  if (!('step' in event) || !isAnswer(event)) return null
  const { step } = event
  const lane = 'lane' in event ? event.lane : NO_LANE
  const frame = state.frames.get(event.frame)
  const home = frame === undefined ? undefined : homeOf(frame, step, lane)
  if (frame === undefined || home === undefined || (lane === NO_LANE && frame.loops.has(step))) return null
  const slot = slotOf(step, lane)
  // The end of a sleep was told before, or decided.
  if (home.status[slot] === SLEEPING) return null
  return { frame: frame.id, step, lane, attempt: attemptOf(home, slot), round: roundOf(home, slot) }
}

function isAnswer(event: Event): boolean {
  if (event.kind === 'lane-ended') return event.status === SUCCESS && event.cause === null
  return event.kind === 'attempt-failed' ? event.how === 'component-failed' : TOLD.has(event.kind)
}

/** Kinds that only a component's answer, or its log, leads to; of sleeps and loops more is known. */
const TOLD: ReadonlySet<string> = new Set(['task-logged', 'step-succeeded', 'step-waits', 'frames-asked'])
