// What to do, as immutable data: the one form into which every language is compiled, and the only one the core knows.
// A plan is JSON, hashed without spans and display names. A field is only ever added; its absence means the old behaviour.
import type { Json } from '../lib/json.ts'
import type { Expr, StepIndex, Truthiness } from './expr.ts'

export type Plan = {
  readonly format: 1
  readonly steps: readonly Step[]
  readonly params: Params
  readonly variables: readonly Variable[]
  /** The run's result; `null` where the flow names none, which makes the result `null`. */
  readonly output: Expr | null
  /** Whether all steps run, or only those that the output or `mustExecute` asks for. */
  readonly demand: 'all-steps' | 'what-output-needs'
  /** Whether the output alone says how a run ended, or any failure that nobody handled makes it fail. */
  readonly verdict: 'by-output' | 'any-unhandled-failure'
  /** Whether its errors are told with `name`, `value` and `traceback` too. */
  readonly namesErrors?: boolean
}

/** What a run is given. */
export type Params = {
  /** JSON Schema of the input, checked at the start, its defaults applied; `null`: anything goes. */
  readonly schema: Json
  /** The names that the flow reads of its input; another one is worth a warning. Absent: nobody can tell. */
  readonly named?: readonly string[]
  /** Names whose values, where they are text, have to be JSON. */
  readonly jsonTexts?: readonly string[]
}

/** A value that is given to a run beside its input. */
export type Variable = {
  readonly name: string
  /** Sealed wherever it goes (see `leaf.ts`). */
  readonly isSecret: boolean
  /** The value of a run that does not give one; absent: there is none. */
  readonly default?: Json
  /** The environment variable that may supply it. */
  readonly envVar: string | null
  readonly schema: Json
}

/** Needs, order and references each decide alone whether a step runs. */
export type Step = {
  readonly id: string
  /** The path of what does the work, such as `/builtin/eval`. */
  readonly component: string
  /** What the flow calls that component, where it is another name than the path. */
  readonly alias?: string
  readonly needs: Needs | null
  /** Steps that must have ended before, however they ended. Counts for no join. */
  readonly after: readonly StepIndex[]
  readonly gate: Gate | null
  readonly each: Each | null
  /** Runs, and makes the run fail when it fails, also where nothing asks for its output. */
  readonly mustExecute: boolean
  readonly input: Expr
  readonly onError: OnError
  readonly retry: RetryPolicy
  /** Of one attempt, from its dispatch; `null`: none. */
  readonly timeoutMs: number | null
}

export type Needs = {
  readonly steps: readonly StepIndex[]
  /** `all` and `any` ask for successes, `done` for ends. All of them decide when all steps have ended. */
  readonly join: 'all' | 'any' | 'done'
  readonly ifBlocked: 'skip' | 'fail'
}

/** A condition on which a step, or an item of a loop, runs. */
export type Gate = {
  readonly expr: Expr
  /** The truth of `expr` with which the step runs. */
  readonly runsWhen: boolean
  readonly ifBroken: 'fail' | 'skip'
  readonly truthiness: Truthiness
}

/** A loop: one step, a lane for each item. Retry, time limit and `onError` are of a lane. A failed lane ends the loop. */
export type Each = {
  readonly items: Expr
  /** A condition that reads the item or its index. */
  readonly gate: Gate | null
  /** Lanes at once; `null`: as its component allows. */
  readonly parallelMax: number | null
}

/** What becomes of a step that failed for good. */
export type OnError =
  | { readonly kind: 'fail' }
  | { readonly kind: 'skip' }
  /** Success with another output; the error is kept beside it. */
  | { readonly kind: 'substitute'; readonly output: Expr }

/** Budgets for trying again; the first that covers an error's code is spent. None covers it: no other attempt. */
export type RetryPolicy = readonly RetryBudget[]

export type RetryBudget = {
  /** Attempts after the first. */
  readonly retriesMax: number
  /** The error codes that it covers; `null`: all. */
  readonly on: readonly string[] | null
  /** Codes that it does not cover all the same. */
  readonly except: readonly string[]
  readonly backoff: Backoff
}

export type Backoff = {
  readonly kind: 'fixed' | 'exponential' | 'fibonacci'
  /** Before the second attempt. */
  readonly delayMs: number
  /** No wait is longer than this. */
  readonly delayMsMax: number
  /** By which each wait of an exponential backoff grows. */
  readonly factor: number
  /** The share of a wait that chance may take away, in [0, 1]. */
  readonly jitter: number
}
