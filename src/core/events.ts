// What a run decided, in the past tense: the only truth that is stored. `evolve` folds these into its state.
// A kind never changes its meaning: a new meaning is a new kind, and old records are upcast. Fields are flat: they are hot.
import type { Cause, ErrorInfo } from '../plan/cause.ts'
import type { Value } from '../plan/leaf.ts'
import type { EndStatus } from '../plan/status.ts'
import type { FailureKind, StopKind, TimesOut } from './facts.ts'

type At = { readonly atMs: number; readonly frame: number; readonly step: number }
type AtLane = At & { readonly lane: number }
/** How long it took since a start that was not recorded; absent where that was, or where there was none. */
type Took = { readonly tookMs?: number | null }

export type Event =
  | {
      readonly kind: 'run-started'
      readonly atMs: number
      readonly plan: string
      readonly input: Value
      readonly variables: { readonly [name: string]: Value }
    }
  /** `items` is the length of a loop, -1 where there is none. */
  | (At & { readonly kind: 'step-started'; readonly items: number })
  /** Those of the lanes from `from` up to, not including, `to` that have not ended. */
  | (At & { readonly kind: 'lanes-started'; readonly from: number; readonly to: number })
  | (AtLane &
      Took & {
        readonly kind: 'lane-ended'
        readonly status: EndStatus
        readonly output: Value
        readonly cause: Cause | null
      })
  /** Another attempt follows at `retryAtMs`; `budget` is the one of the step's retry policy that pays. */
  | (AtLane & {
      readonly kind: 'attempt-failed'
      readonly how: FailureKind
      readonly error: ErrorInfo
      readonly budget: number
      readonly retryAtMs: number
    })
  | (AtLane & { readonly kind: 'attempt-lost' })
  /** What a component had to say to people before it answered; nothing follows from it. */
  | (AtLane & { readonly kind: 'task-logged'; readonly attempt: number; readonly text: string })
  | (AtLane & { readonly kind: 'attempt-started' })
  /** Nobody knows whether its last attempt was done, and it must not be done twice: it waits for a decision. */
  | (AtLane & { readonly kind: 'task-parked' })
  /** The decision is that it is tried again. */
  | (AtLane & { readonly kind: 'task-unparked' })
  /** `timesOut`: the time limit of its attempt comes first, and is when it wakes; it may be tried again then, or not. */
  | (AtLane & {
      readonly kind: 'step-waits'
      readonly untilMs: number
      readonly output: Value
      readonly timesOut?: TimesOut
    })
  /** A loop's output is `null` here: it is its lanes. */
  | (At & Took & { readonly kind: 'step-succeeded'; readonly output: Value })
  /** Success with another output, after a failure. */
  | (At & Took & { readonly kind: 'step-substituted'; readonly output: Value; readonly cause: Cause })
  | (At & Took & { readonly kind: 'step-skipped'; readonly cause: Cause })
  | (At & Took & { readonly kind: 'step-failed'; readonly cause: Cause })
  /** `limitMs`: when its attempt is over its time limit. */
  | (AtLane & {
      readonly kind: 'frames-asked'
      readonly plan: string
      readonly inputs: readonly Value[]
      readonly parallelMax: number
      readonly limitMs?: number | null
    })
  | (AtLane & { readonly kind: 'frame-opened'; readonly index: number; readonly child: number })
  /** Its outcome follows from its state, except where large values had to be loaded to tell. */
  | { readonly kind: 'frame-ended'; readonly atMs: number; readonly child: number; readonly outcome: Outcome | null }
  | { readonly kind: 'run-resumed'; readonly atMs: number }
  /** What follows of these steps, by index, is how they ended in run `run`. */
  | { readonly kind: 'steps-reused'; readonly atMs: number; readonly run: string; readonly steps: readonly number[] }
  /** What ran has failed, what had not started is skipped. */
  | { readonly kind: 'run-stopped'; readonly atMs: number; readonly how: StopKind; readonly reason: string | null }
  | { readonly kind: 'run-finished'; readonly atMs: number; readonly outcome: Outcome }

/** How a run, or a frame of it, ended. */
export type Outcome =
  | { readonly outcome: 'success'; readonly result: Value }
  /** `step` is the id of the step where it began. */
  | {
      readonly outcome: 'failed'
      readonly error: ErrorInfo
      readonly step: string | null
      readonly item: number | null
    }
  | { readonly outcome: 'skipped'; readonly cause: Cause }
  | { readonly outcome: 'cancelled'; readonly reason: string | null }
