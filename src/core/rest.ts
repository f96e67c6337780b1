// A run that nobody works on: all that can move it on is a time or a decision.
import { PENDING, RUNNING, SLEEPING } from '../plan/status.ts'
import {
  homesOf,
  isInFlight,
  NO_LANE,
  PARKED_MS,
  waitLimitOf,
  type Frame,
  type Home,
  type Loop,
  type State,
} from './state.ts'

/** A task of which nobody knows whether it was done. `lane` is -1 for the step itself. */
export type ParkedTask = { readonly frame: number; readonly step: number; readonly lane: number; readonly id: string }

export type Rest = {
  /** The first time at which it goes on by itself; `null`: it does not. */
  readonly wakeAtMs: number | null
  readonly parked: readonly ParkedTask[]
}

/** All tasks that wait for a decision, whatever else is being done. */
export function parkedIn(state: State): readonly ParkedTask[] {
  return [...state.frames.values()].flatMap((frame) =>
    homesOf(frame).flatMap((home) =>
      [...home.sleeps.entries()].flatMap(([slot, { untilMs }]) =>
        untilMs === PARKED_MS ? parkedAt(frame, home, slot) : [],
      ),
    ),
  )
}

/** As a decision names it: the step, and which item of its loop. */
export function nameOf({ id, lane }: ParkedTask): string {
  return lane < 0 ? id : `${id}[${lane}]`
}

/** What a run that goes on rests on; `null` while something is being done for it. */
export function restOf(state: State): Rest | null {
  const isBusy = state.ready.size > 0 || state.starved.size > 0 || state.missing.size > 0
  if (state.status !== 'running' || isBusy) return null
  let wakeAtMs = PARKED_MS
  let isParked = false
  for (const frame of state.frames.values())
    for (const home of homesOf(frame))
      for (let slot = 0; slot < home.status.length; slot += 1) {
        const status = home.status[slot] ?? PENDING
        if (status === RUNNING && isInFlight(home, frame, slot)) return null
        if (status === RUNNING) wakeAtMs = Math.min(wakeAtMs, waitLimitOf(home, slot) ?? PARKED_MS)
        if (status !== SLEEPING) continue
        const untilMs = home.sleeps.get(slot)?.untilMs ?? PARKED_MS
        if (untilMs === PARKED_MS) isParked = true
        else wakeAtMs = Math.min(wakeAtMs, untilMs)
      }
  return { wakeAtMs: wakeAtMs === PARKED_MS ? null : wakeAtMs, parked: isParked ? parkedIn(state) : [] }
}

function parkedAt(frame: Frame, home: Home | Loop, slot: number): ParkedTask {
  const [step, lane] = home !== frame && 'step' in home ? [home.step, slot] : [slot, NO_LANE]
  return { frame: frame.id, step, lane, id: frame.program.steps[step]?.id ?? String(step) }
}
