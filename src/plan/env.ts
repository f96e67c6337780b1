// Where an expression is asked, and why it may have no answer.
import { aCause, type Cause } from './cause.ts'
import type { Truthiness } from './expr.ts'
import type { TemplateWarning } from '../templates/problem.ts'
import type { Value } from './leaf.ts'

/** Why an expression has no value. The details are in `Env`. */
export class Stop {
  readonly rank: number
  constructor(rank: number) {
    this.rank = rank
  }
}
/** Steps in `pendSteps` must end first. */
export const PENDING: Stop = new Stop(3)
/** Large values in `missing` must be loaded first. */
export const MISSING: Stop = new Stop(2)
/** It cannot be computed: `cause`. */
export const FAILED: Stop = new Stop(1)
/** It reads a skipped step: `cause`. */
export const SKIPPED: Stop = new Stop(0)

export type Answer = Value | undefined | Stop
export type Evaluate = (env: Env) => Answer

/** What expressions read of a frame. */
export type Scope = {
  readonly input: Value
  readonly status: Uint8Array
  readonly outputs: readonly (Value | undefined)[]
  readonly causes: { get(step: number): Cause | undefined }
  readonly variables: ReadonlyMap<string, Value>
}

/** Where an expression is asked, and what it notes while it answers. One object per run, used again and again. */
export class Env {
  scope: Scope
  item: Value = null
  index = -1
  /** How many items the loop has. */
  count = 0
  readonly loaded: Map<string, Value> = new Map()
  /** Whether a large value was looked into. */
  usedLoaded = false
  cause: Cause | null = null
  pendSteps: number[] = []
  /** Beside `pendSteps`: whether the answer may change before all of them have ended. */
  pendDecides: boolean[] = []
  missing: string[] = []
  deciding = false
  /** Collects what rendered, but probably not as it was meant; `null`: nobody asks. */
  warnings: TemplateWarning[] | null = null
  /** Collects what a condition looked at, by how it was written; `null`: nobody asks. */
  operands: { readonly text: string; readonly value: unknown }[] | null = null
  constructor(scope: Scope) {
    this.scope = scope
  }
}

/** Asks `evaluate` in `scope`, with clean notes. */
export function ask(evaluate: Evaluate, env: Env, scope: Scope, item: Value = null, index = -1, count = 0): Answer {
  env.scope = scope
  env.item = item
  env.index = index
  env.count = count
  if (env.pendSteps.length > 0) {
    env.pendSteps = []
    env.pendDecides = []
  }
  if (env.missing.length > 0) env.missing = []
  return evaluate(env)
}

export function isStop(answer: unknown): answer is Stop {
  return answer === PENDING || answer === MISSING || answer === FAILED || answer === SKIPPED
}

/** Whether `value` counts as true. A sealed value must not be asked. */
export function isTrue(value: Value | undefined, truthiness: Truthiness): boolean {
  if (value === undefined || value === null || value === false) return false
  return truthiness === 'some' || (value !== 0 && value !== '')
}

/** Notes why there will never be a value. */
export function fail(env: Env, code: string, message: string): Stop {
  env.cause = aCause('input-failed', { error: { code, message } })
  return FAILED
}
