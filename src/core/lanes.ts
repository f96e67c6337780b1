// Loops: one step, a window of lanes that moves over its items. A failed lane stops it; those that run or sleep still finish.
// The window is open lanes in index order, so that it can be told from what has ended alone.
import { aCause } from '../plan/cause.ts'
import { kindOf } from '../lib/json.ts'
import { isStop, MISSING, PENDING, SKIPPED } from '../plan/env.ts'
import { isList, type Value } from '../plan/leaf.ts'
import type { LinkedEach, LinkedStep } from '../plan/link.ts'
import {
  FAILED as STEP_FAILED,
  PENDING as STEP_PENDING,
  RUNNING,
  SKIPPED as STEP_SKIPPED,
  SLEEPING,
  SUCCESS,
} from '../plan/status.ts'
import { askGate } from './gates.ts'
import { askFor, askForList, demand, hasItems } from './questions.ts'
import { dispatch, tryAgain } from './dispatch.ts'
import { NO_LANE, type Frame, type Loop } from './state.ts'
import { causeOf, endTask, stepAt } from './tasks.ts'
import type { Turn } from './turn.ts'

/** Items of one loop. */
const ITEMS_PER_LOOP_MAX = 1_000_000

/** Starts a loop whose gate is open, once its items are known. */
export function startLoop(turn: Turn, frame: Frame, at: LinkedStep, each: LinkedEach): void {
  const { index } = at
  const items = askForList(turn, each.items, frame, index, NO_LANE)
  if (items === PENDING || items === MISSING) return
  if (items === SKIPPED) return endTask(turn, frame, index, NO_LANE, STEP_SKIPPED, null, causeOf(turn.state.env))
  if (isStop(items)) return endTask(turn, frame, index, NO_LANE, STEP_FAILED, null, causeOf(turn.state.env))
  const wrong = notLoopable(items)
  if (wrong !== null)
    return endTask(turn, frame, index, NO_LANE, STEP_FAILED, null, aCause('input-failed', { error: wrong }))
  turn.emit({
    kind: 'step-started',
    atMs: turn.nowMs,
    frame: frame.id,
    step: index,
    items: isList(items) ? items.length : 0,
  })
  const loop = frame.loops.get(index)
  if (loop === undefined) return
  loop.items = isList(items) ? items : []
  for (const source of each.reads) demand(turn, frame, source)
  turn.markDirty(loop)
}

function notLoopable(items: Value | undefined): { code: string; message: string } | null {
  if (!isList(items))
    return { code: 'FOREACH_NOT_ARRAY', message: `A loop needs a list, and its items are ${kindOf(items)}` }
  if (items.length <= ITEMS_PER_LOOP_MAX) return null
  return {
    code: 'TOO_MANY_ITEMS',
    message: `A loop takes at most ${ITEMS_PER_LOOP_MAX} items (itemsPerLoopMax), and this list has ${items.length}`,
  }
}

/** Moves the window on, and ends a loop that has nothing open any more. */
export function refillLoop(turn: Turn, loop: Loop): void {
  loop.isDirty = false
  const { frame, step } = loop
  if (frame.loops.get(step) !== loop || turn.state.frames.get(frame.id) !== frame) return
  if (loop.failed === 0 && hasItems(turn, loop, NO_LANE)) moveWindow(turn, loop)
  if (loop.failed > 0 && !loop.isAbandoned) abandonWaiting(turn, loop)
  if (loop.failed > 0 ? loop.open === 0 : loop.ended === loop.count) endLoop(turn, loop)
}

function moveWindow(turn: Turn, loop: Loop): void {
  const at = stepAt(loop.frame, loop.step)
  const run = new StartedRun(turn, loop)
  const parallelMax = at.each?.parallelMax ?? 1
  while (loop.failed === 0 && loop.open < parallelMax && loop.next < loop.count) {
    const lane = loop.next++
    if ((loop.status[lane] ?? STEP_PENDING) >= SUCCESS) continue
    loop.open += 1
    if (loop.status[lane] === STEP_PENDING) considerLane(turn, loop, lane, at, run)
  }
  run.close()
}

/** Looks again at one lane of the window, after what it waited for has come. */
export function reconsiderLane(turn: Turn, loop: Loop, lane: number): void {
  if (loop.status[lane] !== STEP_PENDING || loop.failed > 0 || loop.questions.has(lane)) return
  const run = new StartedRun(turn, loop)
  considerLane(turn, loop, lane, stepAt(loop.frame, loop.step), run)
  run.close()
}

/** Gives free slots to lanes that wait for one. */
export function feedLoop(turn: Turn, loop: Loop): void {
  while (turn.slots > 0 && loop.starvedAt < loop.starved.length) {
    const lane = loop.starved[loop.starvedAt++] ?? 0
    if (loop.status[lane] === SLEEPING) tryAgain(turn, loop.frame, loop.step, lane)
    else reconsiderLane(turn, loop, lane)
  }
  if (loop.starvedAt < loop.starved.length) return
  loop.starved = []
  loop.starvedAt = 0
  turn.state.starved.delete(loop)
}

/** Lanes that start one after another are one event. */
class StartedRun {
  readonly #turn: Turn
  readonly #loop: Loop
  #from = -1
  #to = -1
  constructor(turn: Turn, loop: Loop) {
    this.#turn = turn
    this.#loop = loop
  }
  add(lane: number): void {
    if (this.#from === -1) this.#from = lane
    this.#to = lane + 1
  }
  close(): void {
    if (this.#from === -1) return
    const { frame, step } = this.#loop
    this.#turn.emit({
      kind: 'lanes-started',
      atMs: this.#turn.nowMs,
      frame: frame.id,
      step,
      from: this.#from,
      to: this.#to,
    })
    this.#from = -1
  }
}

function considerLane(turn: Turn, loop: Loop, lane: number, at: LinkedStep, run: StartedRun): void {
  const { frame, step } = loop
  const gate = at.each?.gate ?? null
  const answer = gate === null ? 'open' : askGate(turn, gate, frame, step, lane)
  if (answer === 'wait') return run.close()
  if (answer !== 'open') {
    if (answer.status === STEP_FAILED) run.close()
    return endTask(turn, frame, step, lane, answer.status, null, answer.cause)
  }
  const input = askFor(turn, at.input, frame, step, lane)
  if (input === PENDING || input === MISSING) return run.close()
  if (isStop(input)) {
    run.close()
    return endTask(
      turn,
      frame,
      step,
      lane,
      input === SKIPPED ? STEP_SKIPPED : STEP_FAILED,
      null,
      causeOf(turn.state.env),
    )
  }
  if (turn.slots <= 0) {
    run.close()
    loop.starved.push(lane)
    turn.state.starved.add(loop)
    return
  }
  run.add(lane)
  dispatch(turn, frame, at, lane, loop, input === undefined ? null : input)
}

/** After a failure, lanes that had not started never will. Those that work are the open ones from here on. */
function abandonWaiting(turn: Turn, loop: Loop): void {
  loop.isAbandoned = true
  loop.open = loop.status.filter(isWorking).length
  loop.next = loop.count
  loop.starved = loop.starved.slice(loop.starvedAt).filter((lane) => loop.status[lane] === SLEEPING)
  loop.starvedAt = 0
  loop.questions.clear()
  if (loop.starved.length === 0) turn.state.starved.delete(loop)
}

/** Forgets what is derived of a loop and has its window found anew. */
export function settleLoop(turn: Turn, loop: Loop): void {
  loop.next = 0
  loop.open = 0
  loop.isAbandoned = false
  loop.starved = []
  loop.starvedAt = 0
  loop.questions.clear()
  turn.markDirty(loop)
}

function endLoop(turn: Turn, loop: Loop): void {
  const { frame, step } = loop
  if (loop.failed === 0) return endTask(turn, frame, step, NO_LANE, SUCCESS, null, null)
  const item = loop.status.indexOf(STEP_FAILED)
  const cause = loop.causes.get(item)
  endTask(
    turn,
    frame,
    step,
    NO_LANE,
    STEP_FAILED,
    null,
    cause === undefined ? aCause('component-failed', { item }) : { ...cause, item },
  )
}

function isWorking(status: number): boolean {
  return status === RUNNING || status === SLEEPING
}
