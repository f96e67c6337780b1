// Random flows for the simulation: plans with everything that a plan can say, and small texts in both languages.
import { compileFlow } from '../../src/api/flow.ts'
import type { Rng } from '../../src/lib/rng.ts'
import { parts } from '../../src/parts.ts'
import { planId } from '../../src/plan/hash.ts'
import type { Plan, Step } from '../../src/plan/plan.ts'
import { randomPlan } from '../../src/testing/plans.ts'
import { randomManifest, randomStepflow } from './flow-texts.ts'
import { LIMIT_MS } from './script.ts'

export type SimulatedFlow = {
  readonly id: string
  readonly plan: Plan
  readonly language: 'plan' | 'stepflow' | 'jinba'
}

/** What a seed has to run: flows, and the plans that their steps ask frames of. */
export type Workload = {
  readonly flows: readonly SimulatedFlow[]
  readonly inner: Plan
  readonly leaf: Plan
}

await Promise.all(parts.dialects.map(async (dialect) => dialect.prepare?.()))

export function randomWorkload(rng: Rng): Workload {
  const count = 1 + rng.below(2)
  return {
    flows: Array.from({ length: count }, () => randomFlow(rng)),
    inner: adapted(rng, randomPlan(rng, 3, true), 'i', false),
    leaf: adapted(rng, randomPlan(rng, 3, false), 'l', false),
  }
}

function randomFlow(rng: Rng): SimulatedFlow {
  const language = rng.pick(['plan', 'plan', 'stepflow', 'jinba'] as const)
  if (language === 'plan') {
    const plan = adapted(rng, randomPlan(rng, 7, true), 'r', true)
    return { id: planId(plan), plan, language }
  }
  const text = language === 'stepflow' ? randomStepflow(rng) : randomManifest(rng)
  const flow = compileFlow({ text, file: null }, parts.dialects, parts.defaultSettings.compile)
  if (flow.kind === 'problems') throw new Error(`${flow.problems.map(({ message }) => message).join('\n')}\n${text}`)
  return { id: flow.id, plan: flow.plan, language }
}

/** Calls the components of the simulation, and has time limits. The first letter of an id says whose step it is. */
function adapted(rng: Rng, plan: Plan, letter: string, isRoot: boolean): Plan {
  const kinds = ['/work', '/work', '/pure', ...(isRoot ? ['/once', '/park'] : [])]
  const steps = plan.steps.map((step): Step => {
    const isCall = step.component === '/work'
    return {
      ...step,
      id: `${letter}${step.id}`,
      component: isCall ? rng.pick(kinds) : step.component,
      timeoutMs: (isCall || isRoot) && rng.chance(0.3) ? LIMIT_MS : null,
    }
  })
  return { ...plan, steps }
}
