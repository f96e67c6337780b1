// Looks at a step that may be due, and takes it as far as it can go: needs, gate, loop or input, start.
import { FAILED, isStop, MISSING, PENDING, SKIPPED } from '../plan/env.ts'
import type { LinkedStep } from '../plan/link.ts'
import { FAILED as STEP_FAILED, PENDING as STEP_PENDING, SKIPPED as STEP_SKIPPED } from '../plan/status.ts'
import { askGate } from './gates.ts'
import { startLoop } from './lanes.ts'
import { askFor } from './questions.ts'
import { dispatch } from './dispatch.ts'
import { NO_LANE, packed, type Frame } from './state.ts'
import { blockedBy, causeOf, endTask, stepAt } from './tasks.ts'
import type { Turn } from './turn.ts'

/** Decides on a step whose static waits have ended. Asking twice does no harm. */
export function considerStep(turn: Turn, frame: Frame, step: number): void {
  if (!isDue(frame, step)) return
  const at = stepAt(frame, step)
  const blocked = blockedBy(frame, at)
  if (blocked !== null) return endTask(turn, frame, step, NO_LANE, blocked.status, null, blocked.cause)
  if (at.gate !== null) {
    const answer = askGate(turn, at.gate, frame, step, NO_LANE)
    if (answer === 'wait') return
    if (answer !== 'open') return endTask(turn, frame, step, NO_LANE, answer.status, null, answer.cause)
  }
  if (at.each !== null) return startLoop(turn, frame, at, at.each)
  startStep(turn, frame, at)
}

function isDue(frame: Frame, step: number): boolean {
  const isAskedFor = frame.demanded === null || frame.demanded[step] === 1
  return frame.status[step] === STEP_PENDING && frame.waiting[step] === 0 && isAskedFor && !frame.questions.has(step)
}

function startStep(turn: Turn, frame: Frame, at: LinkedStep): void {
  const { index } = at
  const input = askFor(turn, at.input, frame, index, NO_LANE)
  if (input === PENDING || input === MISSING) return
  if (input === SKIPPED) return endTask(turn, frame, index, NO_LANE, STEP_SKIPPED, null, causeOf(turn.state.env))
  if (input === FAILED || isStop(input))
    return endTask(turn, frame, index, NO_LANE, STEP_FAILED, null, causeOf(turn.state.env))
  if (turn.slots <= 0) return turn.state.ready.push(packed(frame.id, index))
  turn.emit({ kind: 'step-started', atMs: turn.nowMs, frame: frame.id, step: index, items: -1 })
  dispatch(turn, frame, at, NO_LANE, frame, input === undefined ? null : input)
}
