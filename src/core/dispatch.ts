// Asking for work: the first time, the next round, the next attempt, and again after a crash.
import { isStop, MISSING } from '../plan/env.ts'
import type { Value } from '../plan/leaf.ts'
import type { LinkedStep } from '../plan/link.ts'
import { RUNNING } from '../plan/status.ts'
import type { Outcome } from './events.ts'
import { askIn, awaitValues, hasItems } from './questions.ts'
import { attemptOf, homeOf, NO_LANE, packed, roundOf, slotOf, waitLimitOf, type Frame, type Home } from './state.ts'
import { stepAt } from './tasks.ts'
import type { Turn } from './turn.ts'

/** Asks for the work of a task that is in flight from now on. */
export function dispatch(turn: Turn, frame: Frame, at: LinkedStep, lane: number, home: Home, input: Value): void {
  const slot = slotOf(at.index, lane)
  const group = home.groups.get(slot)
  const attempt = attemptOf(home, slot)
  turn.slots -= 1
  turn.effects.push({
    kind: 'run-task',
    frame: frame.id,
    step: at.index,
    lane,
    attempt: attemptOf(home, slot),
    round: roundOf(home, slot),
    at,
    input,
    results: group === undefined ? NO_RESULTS : group.results.filter((result) => result !== undefined),
    limitMs: group?.attempt === attempt ? group.limitMs : null,
  })
}

const NO_RESULTS: readonly Outcome[] = []

/** Asks for the end of an attempt that waits for frames, at its time limit. */
export function limitWait(turn: Turn, frame: Frame, step: number, lane: number, home: Home): void {
  const slot = slotOf(step, lane)
  const atMs = waitLimitOf(home, slot)
  if (atMs === null) return
  const [attempt, round, at] = [attemptOf(home, slot), roundOf(home, slot), stepAt(frame, step)]
  turn.effects.push({ kind: 'limit-attempt', frame: frame.id, step, lane, attempt, round, at, atMs })
}

/** Asks for the work of a task that is recorded as running, with its input computed anew. */
export function dispatchAgain(turn: Turn, frame: Frame, step: number, lane: number): void {
  const home = homeOf(frame, step, lane)
  if (home === undefined || home.status[slotOf(step, lane)] !== RUNNING) return
  const loop = lane === NO_LANE ? undefined : frame.loops.get(step)
  if (loop !== undefined && !hasItems(turn, loop, lane)) return
  const at = stepAt(frame, step)
  const { env } = turn.state
  const input = askIn(env, at.input.whole, frame, step, lane)
  if (input === MISSING) return awaitValues(turn, env.missing, { frame, step, lane, isDebt: true })
  dispatch(turn, frame, at, lane, home, isStop(input) || input === undefined ? null : input)
}

/** Starts the next attempt of a task whose wait is over, or has it wait for a slot. Whoever waits for one may be out of date. */
export function tryAgain(turn: Turn, frame: Frame, step: number, lane: number): void {
  const sleep = homeOf(frame, step, lane)?.sleeps.get(slotOf(step, lane))
  if (sleep === undefined || sleep.output !== undefined || sleep.untilMs > turn.nowMs) return
  const loop = frame.loops.get(step)
  if (turn.slots > 0) {
    turn.emit({ kind: 'attempt-started', atMs: turn.nowMs, frame: frame.id, step, lane })
    dispatchAgain(turn, frame, step, lane)
  } else if (lane === NO_LANE || loop === undefined) turn.state.ready.push(packed(frame.id, step))
  else {
    loop.starved.push(lane)
    turn.state.starved.add(loop)
  }
}
