// What a run still owes the world, computed from its state alone. Recovering a run is loading it and paying this.
import { RUNNING, SLEEPING } from '../plan/status.ts'
import { dispatchAgain, limitWait } from './dispatch.ts'
import { attemptOf, homesOf, isInFlight, NO_LANE, PARKED_MS, type Frame, type Home, type Loop } from './state.ts'
import type { Turn } from './turn.ts'

/** Asks again for everything that is owed: tasks in flight, wake times, time limits, values that somebody waits for, the outcome. */
export function payDebts(turn: Turn): void {
  const { state } = turn
  if (state.outcome !== null) return turn.effects.push({ kind: 'tell-outcome', outcome: state.outcome })
  if (state.missing.size > 0)
    turn.effects.push({ kind: 'load-values', hashes: Array.from(state.missing.entries(), ([hash]) => hash) })
  for (const frame of state.frames.values()) for (const home of homesOf(frame)) payHome(turn, frame, home)
}

function payHome(turn: Turn, frame: Frame, home: Home): void {
  for (let slot = 0; slot < home.status.length; slot += 1) {
    const status = home.status[slot]
    if (status !== RUNNING && status !== SLEEPING) continue
    const { step, lane } = taskOf(frame, home, slot)
    const sleep = home.sleeps.get(slot)
    if (sleep?.untilMs === PARKED_MS) continue
    if (sleep !== undefined)
      turn.effects.push({
        kind: 'wake-at',
        atMs: sleep.untilMs,
        frame: frame.id,
        step,
        lane,
        attempt: attemptOf(home, slot),
      })
    else if (isInFlight(home, frame, slot)) dispatchAgain(turn, frame, step, lane)
    else limitWait(turn, frame, step, lane, home)
  }
}

function taskOf(frame: Frame, home: Home | Loop, slot: number): { step: number; lane: number } {
  return home !== frame && 'step' in home ? { step: home.step, lane: slot } : { step: slot, lane: NO_LANE }
}
