// The ends and beginnings of a task, be it a step or a lane of one: every way out of one passes through here.
import { aCause, type Cause } from '../plan/cause.ts'
import type { Env } from '../plan/env.ts'
import type { Value } from '../plan/leaf.ts'
import type { LinkedStep } from '../plan/link.ts'
import { FAILED, SKIPPED, SUCCESS, type EndStatus } from '../plan/status.ts'
import { NO_LANE, NO_STEP, type Frame } from './state.ts'
import { notifyWatchers } from './questions.ts'
import type { Turn } from './turn.ts'

/** The step of a frame, linked. */
export function stepAt(frame: Frame, step: number): LinkedStep {
  const at = frame.program.steps[step]
  if (at === undefined) throw new RangeError(`A frame of ${frame.program.size} steps has no step ${step}`)
  return at
}

/** Ends a task. `cause` is `null` for a plain success, and what was substituted for otherwise. */
export function endTask(
  turn: Turn,
  frame: Frame,
  step: number,
  lane: number,
  status: EndStatus,
  output: Value,
  cause: Cause | null,
): void {
  if (lane !== NO_LANE) return endLane(turn, frame, step, lane, status, output, cause)
  const { nowMs: atMs } = turn
  if (status === SUCCESS) {
    if (cause === null) turn.emit({ kind: 'step-succeeded', atMs, frame: frame.id, step, output })
    else turn.emit({ kind: 'step-substituted', atMs, frame: frame.id, step, output, cause })
  } else {
    turn.emit({
      kind: status === SKIPPED ? 'step-skipped' : 'step-failed',
      atMs,
      frame: frame.id,
      step,
      cause: cause ?? aCause('component-failed'),
    })
  }
  noticeEnd(turn, frame, step)
}

function endLane(
  turn: Turn,
  frame: Frame,
  step: number,
  lane: number,
  status: EndStatus,
  output: Value,
  cause: Cause | null,
): void {
  const loop = frame.loops.get(step)
  if (loop === undefined) return
  turn.emit({ kind: 'lane-ended', atMs: turn.nowMs, frame: frame.id, step, lane, status, output, cause })
  if (lane < loop.next) loop.open -= 1 // after a replay, before its window is found anew, none is counted
  turn.markDirty(loop)
}

/** Has those looked at for which the end of this step was the last thing they waited for. */
function noticeEnd(turn: Turn, frame: Frame, step: number): void {
  const { program, waiting } = frame
  const { dependentsAt, dependents } = program
  const end = dependentsAt[step + 1] ?? 0
  for (let place = dependentsAt[step] ?? 0; place < end; place += 1) {
    const dependent = dependents[place] ?? 0
    const left = (waiting[dependent] ?? 0) - 1
    waiting[dependent] = left
    if (left === 0) turn.lookAt(frame, dependent)
  }
  notifyWatchers(turn, frame, step)
  frame.left -= 1
  if (frame.left === 0) turn.lookAt(frame, NO_STEP)
}

/** Whether the needs of a step keep it from running, and how it ends then. */
export function blockedBy(frame: Frame, at: LinkedStep): { status: EndStatus; cause: Cause } | null {
  const { needs } = at
  if (needs === null || needs.join === 'done') return null
  const blocking = needs.steps.filter((step) => frame.status[step] !== SUCCESS)
  const isBlocked =
    needs.join === 'all' ? blocking.length > 0 : blocking.length === needs.steps.length && needs.steps.length > 0
  const first = blocking.find((step) => frame.status[step] === FAILED) ?? blocking[0]
  if (!isBlocked || first === undefined) return null
  const source = frame.causes.get(first)
  const isFailure = frame.status[first] === FAILED
  const cause = aCause(isFailure ? 'dependency-failed' : 'dependency-skipped', {
    origin: source?.origin ?? first,
    error: isFailure ? (source?.error ?? null) : null,
  })
  return { status: needs.ifBlocked === 'fail' ? FAILED : SKIPPED, cause }
}

/** Why the last question had no value. */
export function causeOf(env: Env): Cause {
  return (
    env.cause ??
    aCause('input-failed', { error: { code: 'EXPRESSION_FAILURE', message: 'The input could not be computed' } })
  )
}
