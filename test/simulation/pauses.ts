// Runs that are paused, as far as somebody was told so, and what that promises.
// P1  Who was told that a run is paused finds it stored so, and in whichever process, until somebody has it go on.
// P2  What was being done then may end, and ask for its next round; nothing else of the run is begun.
import { tasksInFlight } from '../../src/core/answers.ts'
import type { TaskRef } from '../../src/core/facts.ts'
import { isSameAttempt } from '../../src/engine/time-limits.ts'
import { assert } from '../../src/lib/assert.ts'
import type { Disk } from './disk.ts'

export class Pauses {
  /** Paused runs, with what was being done of each; `null` where no process works on it. */
  readonly #paused = new Map<string, readonly TaskRef[] | null>()
  readonly #disk: Disk

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Somebody was told that the run is paused. Answers whether it had not ended before that. */
  told(id: string): boolean {
    const stored = this.#disk.runs.get(id)
    assert(stored !== undefined, `run ${id} is told to be paused, and is not stored`)
    if (stored.state.outcome !== null) return false
    assert(stored.row.status === 'paused', `run ${id} is told to be paused, and is stored as ${stored.row.status}`)
    this.#paused.set(id, [...stored.state.frames.values()].flatMap(tasksInFlight))
    return true
  }

  has(id: string): boolean {
    return this.#paused.has(id)
  }

  /** Somebody has it go on from here on. */
  end(id: string): void {
    this.#paused.delete(id)
  }

  /** Nobody works on it any more. */
  crashed(): void {
    for (const id of this.#paused.keys()) this.#paused.set(id, null)
  }

  /** All of them are still stored as paused, or have ended. */
  checkStored(): void {
    for (const id of this.#paused.keys()) {
      const stored = this.#disk.runs.get(id)
      const isPaused = stored?.row.status === 'paused' || stored?.row.endedAtMs !== null
      assert(isPaused, `run ${id} is paused, and is stored as ${stored?.row.status}`)
    }
  }

  /** A call begins. */
  checkCall(id: string, task: TaskRef): void {
    const atWork = this.#paused.get(id)
    if (atWork === undefined) return
    const goesOn = atWork !== null && (task.round > 1 || atWork.some((other) => isSameAttempt(other, task)))
    assert(goesOn, `run ${id} is paused, and begins attempt ${task.attempt} of ${task.frame}.${task.step}.${task.lane}`)
  }
}
