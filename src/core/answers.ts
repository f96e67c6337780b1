// What the answer of a task means. An answer to another attempt or round than the one in flight changes nothing.
import { unreachable } from '../lib/assert.ts'
import { aCause, type ErrorInfo } from '../plan/cause.ts'
import { FAILED, isStop, MISSING } from '../plan/env.ts'
import { FAILED as STEP_FAILED, RUNNING, SKIPPED, SLEEPING, SUCCESS } from '../plan/status.ts'
import { dispatchAgain, limitWait, tryAgain } from './dispatch.ts'
import { budgetFor, retryDelayMs } from './backoff.ts'
import type { Fact, FailureKind, TaskRef } from './facts.ts'
import { FRAMES_DEPTH_MAX, FRAMES_OPEN_MAX, FRAMES_PER_RUN_MAX, moveGroup, ROUNDS_PER_TASK_MAX } from './frames.ts'
import { askIn, awaitValues, recallsItems } from './questions.ts'
import {
  attemptOf,
  framesInside,
  homeOf,
  isInFlight,
  NO_LANE,
  NO_STEP,
  PARKED_MS,
  roundOf,
  slotOf,
  type Frame,
  type Home,
  type State,
} from './state.ts'
import { keepLog } from './logs.ts'
import { endTask, stepAt } from './tasks.ts'
import type { Turn } from './turn.ts'

export type TaskAnswer = Extract<Fact, TaskRef>

/** Decides on the answer of a task. */
export function applyAnswer(turn: Turn, fact: TaskAnswer): void {
  const task = taskInFlight(turn.state, fact)
  if (task === null) return
  const { frame, home, slot } = task
  const { step, lane } = fact
  switch (fact.kind) {
    case 'task-logged':
      return keepLog(turn, fact)
    case 'task-succeeded':
      return endTask(turn, frame, step, lane, SUCCESS, fact.output, null)
    case 'task-skipped':
      return endTask(turn, frame, step, lane, SKIPPED, null, aCause('component-skipped', { message: fact.reason }))
    case 'task-failed':
      return failTask(turn, task, fact)
    case 'task-waits':
      turn.emit({
        kind: 'step-waits',
        atMs: turn.nowMs,
        frame: frame.id,
        step,
        lane,
        untilMs: fact.untilMs,
        output: fact.output,
        ...(fact.timesOut ? { timesOut: fact.timesOut } : {}),
      })
      turn.effects.push({
        kind: 'wake-at',
        atMs: fact.untilMs,
        frame: frame.id,
        step,
        lane,
        attempt: attemptOf(home, slot),
      })
      return
    case 'task-lost':
      turn.emit({ kind: 'attempt-lost', atMs: turn.nowMs, frame: frame.id, step, lane })
      return dispatchAgain(turn, frame, step, lane)
    case 'task-parked':
      return turn.emit({ kind: 'task-parked', atMs: turn.nowMs, frame: frame.id, step, lane })
    case 'frames-asked':
      return askFrames(turn, task, fact)
    default:
      return unreachable(fact)
  }
}

/** What becomes of a task that is parked. A decision about any other changes nothing. */
export function decideTask(turn: Turn, fact: Extract<Fact, { kind: 'task-decided' }>): void {
  const { step, lane, decision } = fact
  const frame = turn.state.frames.get(fact.frame)
  const home = frame === undefined ? undefined : homeOf(frame, step, lane)
  const slot = slotOf(step, lane)
  if (frame === undefined || home?.sleeps.get(slot)?.untilMs !== PARKED_MS) return
  if (decision.kind === 'done') return endTask(turn, frame, step, lane, SUCCESS, decision.output, null)
  if (decision.kind === 'retry') {
    turn.emit({ kind: 'task-unparked', atMs: turn.nowMs, frame: frame.id, step, lane })
    turn.effects.push({
      kind: 'wake-at',
      atMs: turn.nowMs,
      frame: frame.id,
      step,
      lane,
      attempt: attemptOf(home, slot),
    })
    return
  }
  const ref = { frame: frame.id, step, lane, attempt: attemptOf(home, slot), round: 1 }
  failForGood(
    turn,
    { frame, home, slot },
    { kind: 'task-failed', ...ref, how: 'lost', error: OUTCOME_UNKNOWN, mayRetry: false },
    fact,
  )
}

/** Of a task whose process ended while it worked, and that must not be done twice. */
export const OUTCOME_UNKNOWN: ErrorInfo = {
  code: 'OUTCOME_UNKNOWN',
  message: 'The process ended while this was being done: nobody knows whether it was, and it must not be done twice',
}

/** Whether a task that was asked for is still to be done: what was held may have been overtaken by a stop or a time limit. */
export function isTaskOpen(state: State, { frame: id, step, lane, attempt, round }: TaskRef): boolean {
  const frame = state.frames.get(id)
  const home = frame === undefined ? undefined : homeOf(frame, step, lane)
  const slot = slotOf(step, lane)
  return (
    home !== undefined &&
    home.status[slot] === RUNNING &&
    attemptOf(home, slot) === attempt &&
    roundOf(home, slot) === round
  )
}

type Task = { readonly frame: Frame; readonly home: Home; readonly slot: number }

/** A time limit also ends a task that waits; every other answer must be to the round in flight. */
function taskInFlight(state: State, fact: TaskAnswer): Task | null {
  const frame = state.frames.get(fact.frame)
  const home = frame === undefined ? undefined : homeOf(frame, fact.step, fact.lane)
  if (frame === undefined || home === undefined) return null
  const slot = slotOf(fact.step, fact.lane)
  if (attemptOf(home, slot) !== fact.attempt) return null
  const isTimeout = fact.kind === 'task-failed' && fact.how === 'timed-out'
  const isAtWork = home.status[slot] === RUNNING && (isTimeout || roundOf(home, slot) === fact.round)
  return isAtWork || (isTimeout && isWaiting(home, slot)) ? { frame, home, slot } : null
}

/** Whether a task sleeps until a time at which it succeeds. */
function isWaiting(home: Home, slot: number): boolean {
  return home.status[slot] === SLEEPING && home.sleeps.get(slot)?.output !== undefined
}

/** The longest wait that the world may ask for: a server's mistake must not put a step off for years. */
const RETRY_AFTER_MS_MAX = 3_600_000

function failTask(turn: Turn, task: Task, fact: Extract<Fact, { kind: 'task-failed' }>): void {
  const { frame, home, slot } = task
  const { step, lane, how, error } = fact
  const at = stepAt(frame, step)
  cancelInside(turn, home, slot)
  if (error.isFault === true) return endFailed(turn, frame, step, lane, how, error)
  const budget = fact.mayRetry ? budgetFor(at.retry, error) : -1
  const paying = at.retry[budget]
  const spent = home.books.get(slot)?.spent[budget] ?? 0
  if (paying === undefined || spent >= paying.retriesMax) return failForGood(turn, task, fact)
  const delayMs = retryDelayMs(paying.backoff, spent + 1, turn.chance())
  const retryAtMs = turn.nowMs + Math.max(delayMs, Math.min(error.retryAfterMs ?? 0, RETRY_AFTER_MS_MAX))
  turn.emit({ kind: 'attempt-failed', atMs: turn.nowMs, frame: frame.id, step, lane, how, error, budget, retryAtMs })
  turn.effects.push({ kind: 'wake-at', atMs: retryAtMs, frame: frame.id, step, lane, attempt: attemptOf(home, slot) })
}

/**
 * No other attempt follows: the step's policy says what its failure becomes.
 *
 * @param asked What comes again where large values have to be read for that: a task that is parked is not in flight, so of it the decision.
 */
function failForGood(
  turn: Turn,
  { frame }: Task,
  fact: Extract<Fact, { kind: 'task-failed' }>,
  asked: Fact = fact,
): void {
  const { step, lane, how, error } = fact
  const at = stepAt(frame, step)
  if (at.onError === 'skip') return endTask(turn, frame, step, lane, SKIPPED, null, aCause('error-skipped', { error }))
  if (at.substitute === null) return endFailed(turn, frame, step, lane, how, error)
  const { env } = turn.state
  const loop = lane === NO_LANE ? undefined : frame.loops.get(step)
  if (loop !== undefined && !recallsItems(turn, loop)) {
    turn.state.heldFacts.push(asked)
    return
  }
  const output = askIn(env, at.substitute, frame, step, lane)
  if (output === MISSING) {
    // It comes again once they are there; who waits for them is only its frame.
    turn.state.heldFacts.push(asked)
    return awaitValues(turn, env.missing, { frame, step: NO_STEP, lane: NO_LANE, isDebt: false })
  }
  if (output === FAILED) return endFailed(turn, frame, step, lane, how, error)
  endTask(
    turn,
    frame,
    step,
    lane,
    SUCCESS,
    isStop(output) || output === undefined ? null : output,
    aCause(how, { error }),
  )
}

function endFailed(turn: Turn, frame: Frame, step: number, lane: number, how: FailureKind, error: ErrorInfo): void {
  endTask(turn, frame, step, lane, STEP_FAILED, null, aCause(how, { error }))
}

function askFrames(turn: Turn, task: Task, fact: Extract<Fact, { kind: 'frames-asked' }>): void {
  const { frame, home } = task
  const { step, lane, program, inputs, parallelMax, limitMs = null } = fact
  const refused = refuseFrames(turn.state, task, inputs.length)
  if (refused !== null)
    return failForGood(turn, task, {
      ...fact,
      kind: 'task-failed',
      how: 'component-failed',
      error: refused,
      mayRetry: false,
    })
  turn.state.programs.set(program.id, program)
  turn.emit({
    kind: 'frames-asked',
    atMs: turn.nowMs,
    frame: frame.id,
    step,
    lane,
    plan: program.id,
    inputs,
    parallelMax,
    ...(limitMs === null ? {} : { limitMs }),
  })
  moveGroup(turn, frame, step, lane)
  limitWait(turn, frame, step, lane, home)
}

function refuseFrames(state: State, { frame, home, slot }: Task, count: number): ErrorInfo | null {
  if (state.nextFrame + count > FRAMES_PER_RUN_MAX)
    return {
      code: 'TOO_MANY_FRAMES',
      message: `A run opens at most ${FRAMES_PER_RUN_MAX} flows inside it in all (framesPerRunMax)`,
    }
  if ((home.groups.get(slot)?.round ?? 0) >= ROUNDS_PER_TASK_MAX)
    return {
      code: 'TOO_MANY_FRAMES',
      message: `A step is called again at most ${ROUNDS_PER_TASK_MAX} times after flows that it asked for (roundsPerTaskMax)`,
    }
  if (frame.depth >= FRAMES_DEPTH_MAX)
    return {
      code: 'FRAMES_TOO_DEEP',
      message: `Flows inside flows go at most ${FRAMES_DEPTH_MAX} deep (framesDepthMax)`,
    }
  if (state.frames.size < FRAMES_OPEN_MAX) return null
  return {
    code: 'TOO_MANY_FRAMES',
    message: `A run has at most ${FRAMES_OPEN_MAX} flows open inside it at once (framesOpenMax)`,
  }
}

/** The work inside frames that are about to be dropped does not matter any more. */
function cancelInside(turn: Turn, home: Home, slot: number): void {
  const group = home.groups.get(slot)
  if (group === undefined) return
  const tasks = [...framesInside(group)].flatMap(tasksInFlight)
  if (tasks.length > 0) turn.effects.push({ kind: 'cancel-tasks', tasks })
}

/** The tasks of a frame on which a component works right now. */
export function tasksInFlight(frame: Frame): readonly TaskRef[] {
  const tasks: TaskRef[] = []
  const add = (home: Home, step: number, lane: number): void => {
    const slot = slotOf(step, lane)
    if (isInFlight(home, frame, slot))
      tasks.push({ frame: frame.id, step, lane, attempt: attemptOf(home, slot), round: roundOf(home, slot) })
  }
  for (let step = 0; step < frame.program.size; step += 1) add(frame, step, NO_LANE)
  for (const [step, loop] of frame.loops.entries())
    for (let lane = 0; lane < loop.count; lane += 1) add(loop, step, lane)
  return tasks
}

/** The time of a task that sleeps has come: it succeeds with what it waited for, or is tried again when there is a slot. */
export function wake(turn: Turn, fact: Extract<Fact, { kind: 'timer-fired' }>): void {
  const { step, lane } = fact
  const frame = turn.state.frames.get(fact.frame)
  const home = frame === undefined ? undefined : homeOf(frame, step, lane)
  const slot = slotOf(step, lane)
  if (
    frame === undefined ||
    home === undefined ||
    home.status[slot] !== SLEEPING ||
    attemptOf(home, slot) !== fact.attempt
  )
    return
  const sleep = home.sleeps.get(slot)
  if (sleep === undefined || sleep.untilMs === PARKED_MS) return
  if (sleep.untilMs > turn.nowMs)
    turn.effects.push({ kind: 'wake-at', atMs: sleep.untilMs, frame: frame.id, step, lane, attempt: fact.attempt })
  else if (sleep.timesOut !== null) timeOut(turn, { frame, home, slot }, fact, sleep.timesOut === 'retry')
  else if (sleep.output !== undefined) endTask(turn, frame, step, lane, SUCCESS, sleep.output, null)
  else tryAgain(turn, frame, step, lane)
}

function timeOut(
  turn: Turn,
  task: Task,
  { frame, step, lane, attempt }: Extract<Fact, { kind: 'timer-fired' }>,
  mayRetry: boolean,
): void {
  const error = timeoutError(stepAt(task.frame, step).timeoutMs)
  const round = roundOf(task.home, task.slot)
  failTask(turn, task, { kind: 'task-failed', frame, step, lane, attempt, round, how: 'timed-out', error, mayRetry })
}

export function timeoutError(limitMs: number | null): ErrorInfo {
  return { code: 'TIMEOUT', message: `Over its time limit of ${limitMs} ms` }
}
