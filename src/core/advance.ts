// The core's one door: facts in, events and effects out. No clock, no chance, no waiting: those arrive as `moment`.
// A1  All facts of a turn are decided in one call, and its events are already folded into the state when it returns.
// A2  It ends still: whatever can be decided without new facts has been.
// A3  Work goes through lists of things to look at, never through recursion: chains are as long as a plan.
import { unreachable } from '../lib/assert.ts'
import { RUNNING, SLEEPING } from '../plan/status.ts'
import { applyAnswer, decideTask, tasksInFlight, wake } from './answers.ts'
import { dispatchAgain, tryAgain } from './dispatch.ts'
import { frameOf } from './evolve.ts'
import type { Fact, Moment } from './facts.ts'
import { askOutput, beginFrame, finishFrame } from './frames.ts'
import { feedLoop, reconsiderLane, refillLoop } from './lanes.ts'
import { askAgain } from './questions.ts'
import { payDebts } from './debts.ts'
import { homeOf, NO_LANE, NO_STEP, slotOf, unpacked, type Asker, type Frame, type State, type Waiter } from './state.ts'
import { considerStep } from './steps.ts'
import type { Turn } from './turn.ts'

/**
 * Decides all `facts`, oldest first. What it decided is in `turn.events` and `turn.effects` until the next call.
 *
 * @param turn Used again and again; it may serve many runs, one after another.
 */
export function advance(
  turn: Turn,
  state: State,
  facts: readonly Fact[],
  moment: Moment,
  count: number = facts.length,
): void {
  turn.begin(state, moment)
  for (let index = 0; index < count; index += 1) {
    const fact = facts[index]
    if (fact !== undefined && state.status !== 'ended') applyFact(turn, fact)
  }
  if (state.status === 'running') lookAtAll(turn)
}

function applyFact(turn: Turn, fact: Fact): void {
  const { state } = turn
  switch (fact.kind) {
    case 'begin':
      if (state.status !== 'new') return
      turn.emit({
        kind: 'run-started',
        atMs: turn.nowMs,
        plan: state.root.id,
        input: fact.input,
        variables: fact.variables,
      })
      return beginFrame(turn, frameOf(state, 0))
    case 'task-logged':
    case 'task-succeeded':
    case 'task-failed':
    case 'task-skipped':
    case 'task-lost':
    case 'task-parked':
    case 'task-waits':
    case 'frames-asked':
      return applyAnswer(turn, fact)
    case 'task-decided':
      return decideTask(turn, fact)
    case 'timer-fired':
      return wake(turn, fact)
    case 'values-loaded':
      return useValues(turn, fact.values)
    case 'slots-freed':
      return // nothing happened to a step: what waits is looked at in any turn
    case 'resume':
      if (state.status !== 'running') return
      turn.emit({ kind: 'run-resumed', atMs: turn.nowMs })
      return payDebts(turn)
    case 'wake':
      if (state.status === 'running') payDebts(turn)
      return
    case 'stop-asked':
      return stop(turn, fact)
    default:
      return unreachable(fact)
  }
}

/** Looks at what the facts have touched, until nothing more can be decided. */
export function lookAtAll(turn: Turn): void {
  const { state, todoFrames, todoSteps, reasks, dirtyLoops } = turn
  for (;;) {
    for (let index = 0; index < todoSteps.count; index += 1) {
      const frame = todoFrames.items[index]
      const step = todoSteps.items[index] ?? NO_STEP
      if (frame === undefined || !isOpen(state, frame)) continue
      if (step === NO_STEP) finishFrame(turn, frame)
      else considerStep(turn, frame, step)
    }
    todoFrames.clear()
    todoSteps.clear()
    for (let index = 0; index < reasks.count; index += 1) {
      const watch = reasks.items[index]
      const asker = watch === undefined ? null : askAgain(turn, watch)
      if (asker !== null) reconsider(turn, asker, false)
    }
    reasks.clear()
    for (let index = 0; index < dirtyLoops.count; index += 1) {
      const loop = dirtyLoops.items[index]
      if (loop !== undefined) refillLoop(turn, loop)
    }
    dirtyLoops.clear()
    if (turn.slots > 0) useSlots(turn)
    if (state.status === 'ended' || (todoSteps.count === 0 && reasks.count === 0 && dirtyLoops.count === 0)) return
  }
}

function useSlots(turn: Turn): void {
  const { state } = turn
  while (turn.slots > 0 && state.ready.size > 0) {
    const { frame: id, step } = unpacked(state.ready.pop() ?? 0)
    const frame = state.frames.get(id)
    if (frame === undefined) continue
    if (frame.status[step] === SLEEPING) tryAgain(turn, frame, step, NO_LANE)
    else considerStep(turn, frame, step)
  }
  for (const loop of state.starved) {
    if (turn.slots <= 0) return
    if (isOpen(state, loop.frame) && loop.frame.loops.get(loop.step) === loop) feedLoop(turn, loop)
    else state.starved.delete(loop)
  }
}

/** Looks again at who asked, now that the answer may be another. */
function reconsider(turn: Turn, { frame, step, lane }: Asker, isDebt: boolean): void {
  if (!isOpen(turn.state, frame)) return
  if (step === NO_STEP) {
    askOutput(turn, frame)
    return finishFrame(turn, frame)
  }
  const loop = frame.loops.get(step)
  if (lane === NO_LANE && loop !== undefined) return turn.markDirty(loop)
  const status = homeOf(frame, step, lane)?.status[slotOf(step, lane)]
  if (status === RUNNING) {
    if (isDebt) dispatchAgain(turn, frame, step, lane)
  } else if (lane === NO_LANE) considerStep(turn, frame, step)
  else if (loop !== undefined) reconsiderLane(turn, loop, lane) // it may be gone by the time a large value comes
}

/** Frames are dropped when the attempt that asked for them ends. */
function isOpen(state: State, frame: Frame): boolean {
  return state.frames.get(frame.id) === frame
}

function useValues(turn: Turn, values: Extract<Fact, { kind: 'values-loaded' }>['values']): void {
  const { state } = turn
  const waiters = new Map<string | Waiter, Waiter>()
  for (const [hash, value] of values) {
    state.env.loaded.set(hash, value)
    for (const waiter of state.missing.get(hash) ?? []) waiters.set(waiterKey(waiter), waiter)
    state.missing.delete(hash)
  }
  const held = state.heldFacts
  state.heldFacts = []
  for (const fact of held) applyFact(turn, fact)
  for (const waiter of waiters.values()) {
    if ('asked' in waiter) turn.reasks.push(waiter)
    else reconsider(turn, waiter, waiter.isDebt)
  }
  lookAtAll(turn)
  if (state.missing.size === 0) state.env.loaded.clear()
}

/** One asker may wait for several values, and several times; it is looked at once. */
function waiterKey(waiter: Waiter): string | Waiter {
  return 'asked' in waiter ? waiter : `${waiter.frame.id}.${waiter.step}.${waiter.lane}.${waiter.isDebt}`
}

function stop(turn: Turn, { how, reason }: Extract<Fact, { kind: 'stop-asked' }>): void {
  const { state } = turn
  if (state.status !== 'running') return
  const tasks = [...state.frames.values()].flatMap(tasksInFlight)
  turn.emit({ kind: 'run-stopped', atMs: turn.nowMs, how, reason })
  const outcome = state.stopped
  if (outcome === null) return
  turn.emit({ kind: 'run-finished', atMs: turn.nowMs, outcome })
  if (tasks.length > 0) turn.effects.push({ kind: 'cancel-tasks', tasks })
  turn.effects.push({ kind: 'tell-outcome', outcome })
}
