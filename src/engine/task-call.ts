// What a component is told beside its input. One object per attempt; what most components never ask for is made when asked.
import type { Call, FrameOutcome } from '../components/component.ts'
import type { RunTask } from '../core/effects.ts'
import type { Placed } from '../lib/bag.ts'
import { TaskLog } from './task-log.ts'

const NO_RESULTS: readonly FrameOutcome[] = []

export class TaskCall implements Call, Placed {
  readonly task: RunTask
  readonly run: string
  readonly nowMs: number
  results: readonly FrameOutcome[] = NO_RESULTS
  place = -1
  /** What was logged and is not told yet. */
  logged: TaskLog | null = null
  #controller: AbortController | null = null
  #reason: Error | null = null

  constructor(run: string, task: RunTask, nowMs: number) {
    this.run = run
    this.task = task
    this.nowMs = nowMs
  }

  get attempt(): number {
    return this.task.attempt
  }
  get round(): number {
    return this.task.round
  }
  get step(): string {
    return this.task.at.id
  }
  get item(): number | null {
    return this.task.lane < 0 ? null : this.task.lane
  }
  get key(): string {
    const { frame, step, lane } = this.task
    return lane < 0 ? `${this.run}.${frame}.${step}` : `${this.run}.${frame}.${step}.${lane}`
  }
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== null) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }
  get log(): (text: unknown) => void {
    return (text) => {
      this.logged ??= new TaskLog()
      this.logged.add(text)
    }
  }

  abort(reason: Error): void {
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}
