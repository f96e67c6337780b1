// What the world told a run. Facts go in; the core decides what they mean.
// A task is named by frame, step, lane, attempt and round: an answer to any other is late or repeated, and changes nothing.
import type { ErrorInfo } from '../plan/cause.ts'
import type { Value } from '../plan/leaf.ts'
import type { Program } from '../plan/link.ts'

/** Who answers. `lane` is -1 for the step itself. */
export type TaskRef = {
  readonly frame: number
  readonly step: number
  readonly lane: number
  readonly attempt: number
  readonly round: number
}

export type Fact =
  | { readonly kind: 'begin'; readonly input: Value; readonly variables: { readonly [name: string]: Value } }
  | (TaskRef & { readonly kind: 'task-succeeded'; readonly output: Value })
  | (TaskRef & {
      readonly kind: 'task-failed'
      readonly how: FailureKind
      readonly error: ErrorInfo
      readonly mayRetry: boolean
    })
  | (TaskRef & { readonly kind: 'task-skipped'; readonly reason: string | null })
  /** What it has logged; its answer comes next. */
  | (TaskRef & { readonly kind: 'task-logged'; readonly text: string })
  /** Its process is gone, and running it again does no harm. */
  | (TaskRef & { readonly kind: 'task-lost' })
  /** Its last process is gone, and it must not begin again before somebody has decided that. */
  | (TaskRef & { readonly kind: 'task-parked' })
  /** What somebody decided about a task that is parked. */
  | {
      readonly kind: 'task-decided'
      readonly frame: number
      readonly step: number
      readonly lane: number
      readonly decision: Decision
    }
  /** It succeeds with `output` at `untilMs`. */
  | (TaskRef & {
      readonly kind: 'task-waits'
      readonly untilMs: number
      readonly output: Value
      /** Its time limit comes first: that is `untilMs`. */
      readonly timesOut?: TimesOut | null
    })
  /** It asks for frames of `program`, one for each input, and to be called again with their results. */
  | (TaskRef & {
      readonly kind: 'frames-asked'
      readonly program: Program
      readonly inputs: readonly Value[]
      readonly parallelMax: number
      /** When its attempt is over its time limit. */
      readonly limitMs?: number | null
    })
  /** The wake time of a task that sleeps has come. */
  | {
      readonly kind: 'timer-fired'
      readonly frame: number
      readonly step: number
      readonly lane: number
      readonly attempt: number
    }
  | { readonly kind: 'values-loaded'; readonly values: ReadonlyMap<string, Value> }
  /** Tasks may start that had to wait: `moment.slots` says how many. */
  | { readonly kind: 'slots-freed' }
  /** The process that ran it is gone; this one goes on. */
  | { readonly kind: 'resume' }
  /** It was out of memory while it rested. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'stop-asked'; readonly how: StopKind; readonly reason: string | null }

/** What becomes of an attempt whose time limit ends its wait; what must not be done twice fails. */
export type TimesOut = 'retry' | 'fail'

export type Decision =
  | { readonly kind: 'retry' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'done'; readonly output: Value }

export type FailureKind = 'component-failed' | 'timed-out' | 'lost'
export type StopKind = 'cancelled' | 'timed-out'

/** When a turn happens, and what it may use up. */
export type Moment = {
  /** Epoch milliseconds; never decreases for one run. */
  readonly nowMs: number
  /** In [0, 1). What was drawn is stored with the event it decided. */
  readonly chance: () => number
  /** How many tasks may start now. */
  readonly slots: number
}
