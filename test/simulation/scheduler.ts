// What may happen next, and when: a list of actions in virtual time, of which a seed picks one after another.
// V1  Nothing really waits: when nothing is due, the time moves on to what is due first.
// V2  Between two actions everything that was promised is settled, so that a seed always plays the same.
// V3  An action belongs to a process, and goes with it: what has crashed does nothing any more.
import { setImmediate } from 'node:timers/promises'
import { assert } from '../../src/lib/assert.ts'
import type { Rng } from '../../src/lib/rng.ts'

/** Whose action it is. The world outside, clients and the like, outlives every process. */
export type Owner = number
export const WORLD: Owner = 0

type Action = { readonly atMs: number; readonly owner: Owner; readonly act: () => void }

/** A seed that takes longer than this goes round in circles. */
const ACTIONS_MAX = 200_000

export class Scheduler {
  nowMs = 1_000_000
  count = 0
  readonly #rng: Rng
  #actions: Action[] = []

  constructor(rng: Rng) {
    this.#rng = rng
  }

  /** Has `act` done no earlier than in `delayMs`. Returns what takes that back. */
  after(delayMs: number, owner: Owner, act: () => void): () => void {
    const action = { atMs: this.nowMs + delayMs, owner, act }
    this.#actions.push(action)
    return () => {
      this.#actions = this.#actions.filter((other) => other !== action)
    }
  }

  /** Forgets what `owner` was going to do. */
  cutOff(owner: Owner): void {
    this.#actions = this.#actions.filter((action) => action.owner !== owner)
  }

  /** Does one action after another until there is none, with `between` after each. */
  async run(between: () => void): Promise<void> {
    for (let action = this.#take(); action !== null; action = this.#take()) {
      this.count += 1
      assert(this.count < ACTIONS_MAX, 'a simulation that can end does')
      action.act()
      await this.settle()
      between()
    }
  }

  /** Lets everything happen that waits for nothing. */
  settle(): Promise<void> {
    return setImmediate()
  }

  #take(): Action | null {
    let dueMs = Number.POSITIVE_INFINITY
    for (const { atMs } of this.#actions) dueMs = Math.min(dueMs, atMs)
    if (dueMs === Number.POSITIVE_INFINITY) return null
    this.nowMs = Math.max(this.nowMs, dueMs)
    const due = this.#actions.filter(({ atMs }) => atMs <= this.nowMs)
    const taken = this.#rng.pick(due)
    this.#actions = this.#actions.filter((action) => action !== taken)
    return taken
  }
}
