// Which steps of a plan wait for which, and why: what explanations and drawings are made of.
import { type Expr, stepsReadBy } from '../plan/expr.ts'
import type { Plan, Step } from '../plan/plan.ts'

export type Edge = {
  readonly from: number
  readonly to: number
  /** `reads`: its output is used. `needs`: it decides whether the other runs. `after`: order, nothing else. */
  readonly kind: 'reads' | 'needs' | 'after'
}

/** Expressions of a step that are asked before it runs. */
export function questionsOf({ gate, each, input }: Step): readonly Expr[] {
  return [
    ...(gate === null ? [] : [gate.expr]),
    ...(each === null ? [] : [each.items]),
    ...(each === null || each.gate === null ? [] : [each.gate.expr]),
    input,
  ]
}

/** One edge for each pair of steps, the strongest. */
export function edgesOf({ steps }: Plan): readonly Edge[] {
  return steps.flatMap((step, to) => {
    const kinds = new Map<number, Edge['kind']>()
    for (const from of step.after) kinds.set(from, 'after')
    if (step.onError.kind === 'substitute')
      for (const from of stepsReadBy(step.onError.output)) kinds.set(from, 'after')
    for (const from of questionsOf(step).flatMap(stepsReadBy)) kinds.set(from, 'reads')
    for (const from of step.needs?.steps ?? []) kinds.set(from, 'needs')
    return [...kinds].toSorted(([a], [b]) => a - b).map(([from, kind]) => ({ from, to, kind }))
  })
}

/** Steps in stages: those of one stage wait for nothing of each other. A step comes as early as it can. */
export function stagesOf(plan: Plan, edges: readonly Edge[]): readonly (readonly number[])[] {
  const waits = plan.steps.map(() => 0)
  const dependents = plan.steps.map((): number[] => [])
  for (const { from, to } of edges) {
    waits[to] = (waits[to] ?? 0) + 1
    dependents[from]?.push(to)
  }
  const stages: number[][] = []
  let stage = waits.flatMap((count, index) => (count === 0 ? index : []))
  while (stage.length > 0) {
    stages.push(stage)
    const next: number[] = []
    for (const index of stage)
      for (const dependent of dependents[index] ?? []) {
        waits[dependent] = (waits[dependent] ?? 0) - 1
        if (waits[dependent] === 0) next.push(dependent)
      }
    stage = next.toSorted((a, b) => a - b)
  }
  return stages
}
