// Rebuilds what is derived after a replay: waiting counts, demand, questions, windows. Replay is fold and settle.
// A log ends between turns, so settling decides nothing: it emits no event, and only asks for large values that somebody needs.
import type { Cause } from '../plan/cause.ts'
import { PENDING, SUCCESS } from '../plan/status.ts'
import { lookAtAll } from './advance.ts'
import { beginFrame } from './frames.ts'
import { settleLoop } from './lanes.ts'
import { demand } from './questions.ts'
import { NO_STEP, type Frame, type State } from './state.ts'
import { stepAt } from './tasks.ts'
import type { Turn } from './turn.ts'

/** Makes a folded state ready for `advance`. */
export function settle(turn: Turn, state: State, nowMs: number): void {
  turn.begin(state, { nowMs, chance: () => 0, slots: 0 })
  if (state.status !== 'running') return
  for (const frame of state.frames.values()) settleFrame(turn, frame)
  lookAtAll(turn)
}

function settleFrame(turn: Turn, frame: Frame): void {
  countWaits(frame)
  if (frame.demanded === null)
    frame.left = frame.status.reduce((left, status) => (status < SUCCESS ? left + 1 : left), 0)
  else demandTouched(turn, frame)
  beginFrame(turn, frame)
  for (const [, loop] of frame.loops.entries()) settleLoop(turn, loop)
  for (let step = 0; step < frame.program.size; step += 1)
    if (frame.status[step] === PENDING && frame.waiting[step] === 0) turn.lookAt(frame, step)
  if (frame.left === 0) turn.lookAt(frame, NO_STEP)
}

function countWaits({ program, waiting, status }: Frame): void {
  const { waits, dependentsAt, dependents } = program
  waiting.set(waits)
  for (let step = 0; step < program.size; step += 1) {
    if ((status[step] ?? PENDING) < SUCCESS) continue
    const end = dependentsAt[step + 1] ?? 0
    for (let place = dependentsAt[step] ?? 0; place < end; place += 1) {
      const dependent = dependents[place] ?? 0
      waiting[dependent] = (waiting[dependent] ?? 0) - 1
    }
  }
}

/** Whatever is not pending any more was asked for; a loop that started asked for all that its lanes read. */
function demandTouched(turn: Turn, frame: Frame): void {
  frame.left = 0
  for (let step = 0; step < frame.program.size; step += 1) {
    const status = frame.status[step] ?? PENDING
    if (status === PENDING || frame.demanded === null) continue
    frame.demanded[step] = 1
    if (status < SUCCESS) frame.left += 1
  }
  for (let step = 0; step < frame.program.size; step += 1) {
    const { each } = stepAt(frame, step)
    if (each !== null && hasLooped(frame, step)) for (const source of each.reads) demand(turn, frame, source)
  }
}

/** Whether the step's loop began; a loop that failed names the item that made it. */
function hasLooped(frame: Frame, step: number): boolean {
  const status = frame.status[step] ?? PENDING
  return frame.loops.has(step) || status === SUCCESS || (status > SUCCESS && isOfItem(frame.causes.get(step)))
}

function isOfItem(cause: Cause | undefined): boolean {
  return cause !== undefined && cause.item !== null
}
