// Which steps of an earlier run a new one takes over, and which it does again, each with the reason.
// U1  A step is done again when it was asked for, has changed, had no success or skip of its own, or reads something that may be another.
// U2  What is taken over is recorded in the new run as it ended in the old one: loops with their items, frames by their step's output.
import { everyPart, stepsReadBy, type Expr } from '../plan/expr.ts'
import type { Value } from '../plan/leaf.ts'
import type { Plan, Step } from '../plan/plan.ts'
import { SKIPPED, SUCCESS } from '../plan/status.ts'
import { valueAt } from '../plan/value-at.ts'
import { isOutcome } from './elide.ts'
import type { Event } from './events.ts'
import { NO_LANE } from './state.ts'
import type { RunRecord } from './summary.ts'

/** What becomes of a step of the new run; `again` says why. */
export type StepReuse = { readonly id: string; readonly again: string | null }

export type Reuse = { readonly steps: readonly StepReuse[]; readonly events: readonly Event[] }

export type Before = { readonly plan: Plan; readonly record: RunRecord; readonly events: readonly Event[] }
export type After = {
  readonly plan: Plan
  readonly input: Value
  readonly variables: { readonly [name: string]: Value }
}

/**
 * @param from Ids of steps that are done again in any case.
 * @param nowMs When the new run begins.
 */
export function reuse(before: Before, after: After, from: ReadonlySet<string>, nowMs: number): Reuse {
  const old = new Map(before.plan.steps.map(({ id }, index) => [id, index]))
  const again = after.plan.steps.map((step) => reasonFor(step, old.get(step.id), before, after, from))
  spread(after.plan, again)
  const taken = new Map<number, number>()
  after.plan.steps.forEach(({ id }, index) => {
    const place = old.get(id)
    if (again[index] === null && place !== undefined) taken.set(place, index)
  })
  return {
    steps: after.plan.steps.map(({ id }, index) => ({ id, again: again[index] ?? null })),
    events: before.events.flatMap((event) => takeOver(event, taken, nowMs) ?? []),
  }
}

function reasonFor(
  step: Step,
  place: number | undefined,
  before: Before,
  after: After,
  from: ReadonlySet<string>,
): string | null {
  if (from.has(step.id)) return 'asked for'
  const old = place === undefined ? undefined : before.plan.steps[place]
  const record = place === undefined ? undefined : before.record.steps[place]
  if (old === undefined || record === undefined) return 'new'
  if (definitionOf(old, before.plan) !== definitionOf(step, after.plan)) return 'changed'
  const isKept = record.status === SUCCESS || (record.status === SKIPPED && !isUnsettled(record.cause?.kind))
  if (!isKept) return record.status === SKIPPED ? 'was not run' : 'did not succeed'
  return readsChanged(step, before, after)
}

/** Skips that say nothing of the step itself. */
function isUnsettled(kind: string | undefined): boolean {
  return kind === 'cancelled' || kind === 'not-needed' || kind === 'dependency-failed' || kind === 'error-skipped'
}

function readsChanged(step: Step, { record }: Before, { input, variables }: After): string | null {
  for (const part of expressionsOf(step).flatMap((expr) => [...everyPart(expr)])) {
    if (part.kind === 'input' && !isSame(valueAt(record.input, part.at), valueAt(input, part.at)))
      return 'reads an input that has changed'
    if (part.kind === 'variable' && !isSame(record.variables.get(part.name), variables[part.name]))
      return `reads the variable ${part.name}, which has changed`
  }
  return null
}

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** Whatever comes after a step that is done again is done again, too. */
function spread(plan: Plan, again: (string | null)[]): void {
  const open = again.flatMap((reason, index) => (reason === null ? [] : index))
  const dependents = plan.steps.map((): number[] => [])
  plan.steps.forEach((step, index) => {
    for (const source of sourcesOf(step)) dependents[source]?.push(index)
  })
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const dependent of dependents[next] ?? []) {
      if (again[dependent] !== null) continue
      again[dependent] = `comes after ${plan.steps[next]?.id ?? ''}`
      open.push(dependent)
    }
}

function sourcesOf(step: Step): ReadonlySet<number> {
  return new Set<number>([...(step.needs?.steps ?? []), ...step.after, ...expressionsOf(step).flatMap(stepsReadBy)])
}

function expressionsOf({ gate, each, input, onError }: Step): readonly Expr[] {
  return [
    ...(gate === null ? [] : [gate.expr]),
    ...(each === null ? [] : [each.items, ...(each.gate === null ? [] : [each.gate.expr])]),
    input,
    ...(onError.kind === 'substitute' ? [onError.output] : []),
  ]
}

/** What the step says, with the ids of other steps in place of their numbers: those change when a step is added. */
function definitionOf(step: Step, { steps }: Plan): string {
  const idOf = (index: unknown): unknown => (typeof index === 'number' ? (steps[index]?.id ?? index) : index)
  return JSON.stringify(step, (key, value: unknown) => {
    if (key === 'of') return idOf(value)
    const isList = key === 'steps' || key === 'after' || key === 'outputs' || key === 'sinks'
    return isList && Array.isArray(value) ? value.map(idOf) : value
  })
}

/** The event in the new run: only ends, and the beginnings of loops, which say how many items there are. */
function takeOver(event: Event, taken: ReadonlyMap<number, number>, nowMs: number): Event | null {
  if (!('step' in event) || event.frame !== 0) return null
  const step = taken.get(event.step)
  const isLoop = event.kind === 'step-started' && event.items >= 0
  const isLane = 'lane' in event && event.lane !== NO_LANE
  if (step === undefined || !(isLoop || isOutcome(event)) || (isLane && event.kind !== 'lane-ended')) return null
  const cause =
    'cause' in event && event.cause !== null && event.cause.origin !== null ? mapped(event.cause, taken) : null
  return { ...event, ...(cause === null ? {} : { cause }), step, atMs: nowMs }
}

function mapped<C extends { readonly origin: number | null }>(cause: C, taken: ReadonlyMap<number, number>): C {
  return { ...cause, origin: cause.origin === null ? null : (taken.get(cause.origin) ?? cause.origin) }
}
