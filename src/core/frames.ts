// Flows inside a run: frames that a task asked for open in a window, and when all have ended the task is asked again.
// The run's own flow is the root frame; all of them end by the same rules.
import { isStop, MISSING, PENDING } from '../plan/env.ts'
import { dispatchAgain } from './dispatch.ts'
import type { Outcome } from './events.ts'
import { frameOf } from './evolve.ts'
import { outcomeOf } from './outcome.ts'
import { askFor, awaitValues, demand } from './questions.ts'
import { homeOf, NO_LANE, NO_STEP, slotOf, type Frame } from './state.ts'
import type { Turn } from './turn.ts'

/** Frames inside frames. */
export const FRAMES_DEPTH_MAX = 64
/** Frames of one run that are open at once. */
export const FRAMES_OPEN_MAX = 10_000

/** Frames that one run opens in all, and rounds of one task: a flow that runs itself again and again must end. */
export const FRAMES_PER_RUN_MAX = 1_000_000
export const ROUNDS_PER_TASK_MAX = 100_000

/** Looks at what a new frame can start with. */
export function beginFrame(turn: Turn, frame: Frame): void {
  const { program, waiting } = frame
  if (program.onDemand) {
    const from = turn.todoSteps.count
    askOutput(turn, frame)
    for (const step of program.must) demand(turn, frame, step)
    turn.sortFrom(from)
  } else for (let step = 0; step < program.size; step += 1) if (waiting[step] === 0) turn.lookAt(frame, step)
  if (frame.left === 0) turn.lookAt(frame, NO_STEP)
}

/** Asks what steps the output needs, where steps run on demand. */
export function askOutput(turn: Turn, frame: Frame): void {
  if (frame.program.onDemand && frame.outputAsked === null) askFor(turn, frame.program.output, frame, NO_STEP, NO_LANE)
}

/** Ends a frame that has nothing left to do, once its output can be told. */
export function finishFrame(turn: Turn, frame: Frame): void {
  const { state } = turn
  if (state.status === 'ended' || frame.left > 0 || frame.outputAsked !== null || state.frames.get(frame.id) !== frame)
    return
  state.env.usedLoaded = false
  const outcome = outcomeOf(state.env, frame)
  if (outcome === PENDING) return askOutput(turn, frame)
  if (outcome === MISSING)
    return awaitValues(turn, state.env.missing, { frame, step: NO_STEP, lane: NO_LANE, isDebt: false })
  if (isStop(outcome)) return
  if (frame.parent === null) {
    turn.emit({ kind: 'run-finished', atMs: turn.nowMs, outcome })
    turn.effects.push({ kind: 'tell-outcome', outcome })
  } else endChild(turn, frame, state.env.usedLoaded ? outcome : null)
}

function endChild(turn: Turn, child: Frame, outcome: Outcome | null): void {
  const { parent } = child
  turn.emit({ kind: 'frame-ended', atMs: turn.nowMs, child: child.id, outcome })
  if (parent !== null) moveGroup(turn, parent.frame, parent.step, parent.lane)
}

/** Opens the next frames of a task's group; when all have ended, the task is in flight again. */
export function moveGroup(turn: Turn, frame: Frame, step: number, lane: number): void {
  const home = homeOf(frame, step, lane)
  const slot = slotOf(step, lane)
  const group = home?.groups.get(slot)
  if (home === undefined || group === undefined) return
  if (group.ended === group.inputs.length) return dispatchAgain(turn, frame, step, lane)
  while (group.open.size < group.parallelMax && group.next < group.inputs.length && mayOpen(turn, group.open.size)) {
    const child = turn.state.nextFrame
    turn.emit({ kind: 'frame-opened', atMs: turn.nowMs, frame: frame.id, step, lane, index: group.next, child })
    beginFrame(turn, frameOf(turn.state, child))
  }
}

/** A group may always have one frame open, so that groups that wait for each other's room cannot stop a run. */
function mayOpen(turn: Turn, openOfGroup: number): boolean {
  return openOfGroup === 0 || turn.state.frames.size < FRAMES_OPEN_MAX
}
