// One call of `advance`: what it may use up, and what it has decided so far.
// The same object serves turn after turn of one engine: its lists keep their room.
import { Buffer } from '../lib/buffer.ts'
import type { Effect } from './effects.ts'
import type { Event } from './events.ts'
import { evolve } from './evolve.ts'
import type { Moment } from './facts.ts'
import type { Frame, Loop, State, Watch } from './state.ts'

export class Turn {
  readonly events = new Buffer<Event>()
  readonly effects = new Buffer<Effect>()
  // What is to be looked at, first in, first out: askers as pairs of frame and step, and watches whose unit is asked again.
  readonly todoFrames = new Buffer<Frame>()
  readonly todoSteps = new Buffer<number>()
  readonly reasks = new Buffer<Watch>()
  readonly dirtyLoops = new Buffer<Loop>()
  state: State
  nowMs = 0
  chance: () => number = () => 0
  /** Tasks that may still start in this turn. */
  slots = 0

  constructor(state: State) {
    this.state = state
  }

  begin(state: State, moment: Moment): void {
    this.state = state
    this.nowMs = moment.nowMs
    this.chance = moment.chance
    this.slots = moment.slots
    this.events.clear()
    this.effects.clear()
    // A stop leaves what was still to be looked at.
    this.todoFrames.clear()
    this.todoSteps.clear()
    this.reasks.clear()
    this.dirtyLoops.clear()
  }

  /** Records a decision: it holds from here on. */
  emit(event: Event): void {
    this.events.push(event)
    evolve(this.state, event)
  }

  /** Has a step, or with `NO_STEP` the frame itself, looked at before this turn ends. */
  lookAt(frame: Frame, step: number): void {
    this.todoFrames.push(frame)
    this.todoSteps.push(step)
  }

  /** Has the steps of one frame that were noted since `from` looked at in the order of the file. */
  sortFrom(from: number): void {
    const { todoSteps } = this
    const steps = todoSteps.items.slice(from, todoSteps.count).toSorted((a, b) => a - b)
    steps.forEach((step, index) => {
      todoSteps.items[from + index] = step
    })
  }

  markDirty(loop: Loop): void {
    if (loop.isDirty) return
    loop.isDirty = true
    this.dirtyLoops.push(loop)
  }
}
