// What a component is told beside its input. One object per attempt; what most components never ask for is made when asked.
import type { Call, FrameOutcome } from '../components/component.ts'
import type { RunTask } from '../core/effects.ts'
import type { Outcome } from '../core/events.ts'
import type { Value } from '../plan/leaf.ts'

export class TaskCall implements Call {
  readonly task: RunTask
  readonly run: string
  readonly nowMs: number
  readonly #open: (value: Value) => unknown
  #controller: AbortController | null = null
  #reason: Error | null = null
  /** Takes its time limit back. */
  unlimit: (() => void) | null = null

  constructor(run: string, task: RunTask, nowMs: number, open: (value: Value) => unknown) {
    this.run = run
    this.task = task
    this.nowMs = nowMs
    this.#open = open
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
  get results(): readonly FrameOutcome[] {
    return this.task.results.map((outcome) => toFrameOutcome(outcome, this.#open))
  }

  abort(reason: Error): void {
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}

function toFrameOutcome(outcome: Outcome, open: (value: Value) => unknown): FrameOutcome {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is opened is plain data
  if (outcome.outcome === 'success') return { outcome: 'success', result: open(outcome.result) as never }
  if (outcome.outcome === 'failed') return { outcome: 'failed', error: outcome.error }
  return { outcome: 'skipped' }
}
