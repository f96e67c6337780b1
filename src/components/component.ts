// The seam for work: what a step calls. A component is found by its path; the engine gives it its input, a signal and a key.
import type { Json } from '../lib/json.ts'
import type { ErrorInfo } from '../plan/cause.ts'
import type { Plan } from '../plan/plan.ts'

export type { ErrorInfo } from '../plan/cause.ts'

/**
 * What running it again would do.
 * `pure`: nothing; it may run ahead of the log, and again unseen. `at-least-once`: no harm, with the same key.
 * `at-most-once`: harm (mail, chat, payments); an attempt whose outcome is unknown is never repeated silently.
 */
export type EffectClass = 'pure' | 'at-least-once' | 'at-most-once'

/** A plain function is an `at-least-once` component. It answers by returning plain data, and fails by throwing. */
export type ComponentRun = (input: never, call: Call) => unknown

export type Component = {
  readonly effect: EffectClass
  /** JSON Schemas, checked before and after the call; absent: anything goes. */
  readonly input?: Json
  readonly output?: Json
  /** It checks its input itself: `input` is for people, and no schema library is loaded for it. */
  readonly checksInput?: boolean
  /** What becomes of an `at-most-once` step whose outcome is unknown: it waits for a decision, or ends as `lost`. */
  readonly onLost?: 'park' | 'fail'
  /** It comes with the engine, and stays where everything else is replaced by stubs. */
  readonly isBuiltin?: boolean
  /** All of it, with its schemas, where its code is only loaded by the first call. */
  readonly load?: () => Promise<Component>
  /** One line for `millrace components`. */
  readonly description?: string
  readonly run: ComponentRun
}

/** What an attempt is told beside its input. */
export type Call = {
  /** Aborted at the attempt's time limit and when its run is cancelled. */
  readonly signal: AbortSignal
  /** From 1. */
  readonly attempt: number
  /** The same for every attempt of this step (and item) of this run: an idempotency key. */
  readonly key: string
  readonly run: string
  readonly step: string
  /** The item's index in a loop, else `null`. */
  readonly item: number | null
  /** From 1; a component that asked for frames is called again, with their results. */
  readonly round: number
  /** How the frames of the last round ended, in order; empty in round 1. */
  readonly results: readonly FrameOutcome[]
  /** When the attempt began, in epoch milliseconds. */
  readonly nowMs: number
  /** Keeps a line of text, or several, with the run, for people to read. Up to 65,536 characters of one call are kept. */
  readonly log: (text: string) => void
}

/** How a flow that ran inside a step ended. */
export type FrameOutcome =
  | { readonly outcome: 'success'; readonly result: Json }
  | { readonly outcome: 'failed'; readonly error: ErrorInfo }
  | { readonly outcome: 'skipped' }

/** The command line and the library are two copies of this code, and a component may use the one while the other calls it. */
const ANSWER = Symbol.for('millrace.answer')

/** An answer that is more than an output. A component returns one in place of plain data. */
export class Answer {
  readonly [ANSWER] = true
  readonly of: AnswerKind
  private constructor(of: AnswerKind) {
    this.of = of
  }
  static [Symbol.hasInstance](value: unknown): value is Answer {
    return typeof value === 'object' && value !== null && ANSWER in value
  }
  /** The step is skipped. */
  static skip(reason?: string): Answer {
    return new Answer({ kind: 'skip', reason: reason ?? null })
  }
  /** The step fails, as by a thrown error, without the cost of one. */
  static fail(error: ErrorInfo): Answer {
    return new Answer({ kind: 'fail', error })
  }
  /** Runs `plan` once for each of `inputs` inside this run; then the component is called again, with the results. */
  static frames(plan: Plan, inputs: readonly Json[], parallelMax: number | null = null): Answer {
    return new Answer({ kind: 'frames', plan, inputs, parallelMax })
  }
  /** The step succeeds with `output` at `untilMs` (epoch milliseconds); until then it holds nothing. */
  static wait(untilMs: number, output: Json): Answer {
    return new Answer({ kind: 'wait', untilMs, output })
  }
}

export type AnswerKind =
  | { readonly kind: 'skip'; readonly reason: string | null }
  | { readonly kind: 'fail'; readonly error: ErrorInfo }
  | {
      readonly kind: 'frames'
      readonly plan: Plan
      readonly inputs: readonly Json[]
      readonly parallelMax: number | null
    }
  | { readonly kind: 'wait'; readonly untilMs: number; readonly output: Json }

/** Where a component is looked for. */
export type Components = {
  /**
   * The component at `path`, or `null`. `step` is the id of the calling step where that is a step of the flow that is run itself;
   * `alias` is what the flow calls the component where that is not the path, and goes before it.
   */
  find(path: string, step: string | null, alias?: string | null): Component | null
  /** All that can be named, by path. */
  list(): ReadonlyMap<string, Component>
}

/** An error with a code, for components that throw. */
export class ComponentError extends Error {
  override readonly name = 'ComponentError'
  readonly code: string
  readonly data: Json
  readonly isRetryable: boolean | undefined
  readonly retryAfterMs: number | undefined
  readonly isFault: true | undefined
  constructor(info: ErrorInfo) {
    super(info.message)
    this.code = info.code
    this.data = info.data ?? null
    this.isRetryable = info.isRetryable
    this.retryAfterMs = info.retryAfterMs
    this.isFault = info.isFault
  }
}
