// One step alone, on the values of an earlier run: for whoever works on a step and has a run in which it went wrong.
import type { Json } from '../lib/json.ts'
import { WHOLE, type StepIndex } from '../plan/expr.ts'
import type { Plan } from '../plan/plan.ts'
import { FlowProblems } from './flow.ts'
import { readInputOn } from './input.ts'
import type { Intake } from './intake.ts'
import { readEarlier } from './earlier-run.ts'
import type { Host } from './operation.ts'
import type { Ready, RunFlags, Started } from './prepare-run.ts'
import { refuseStep } from './refusals.ts'
import { type Before, plainVariables, planReuse } from './rerun.ts'
import { checkGiven } from './start.ts'

/** Begins it; `null` where that cannot be, which `intake` is told. */
export async function beginStep(
  intake: Intake,
  ready: Ready,
  said: { readonly step: string; readonly from: string },
  flags: RunFlags,
  host: Host,
): Promise<Started | null> {
  const before = await readEarlier(intake, said.from, ready.store, host)
  const index = ready.flow.plan.steps.findIndex(({ id }) => id === said.step)
  if (index < 0) refuseStep(intake, said.step, ready.flow.plan.steps)
  if (before === null || intake.hasErrors) return null
  const input = await readInputOn(intake, flags, before.input)
  if (input === undefined) return null
  try {
    return await begin(intake, ready, before, { index, step: said.step, input })
  } catch (error) {
    if (!(error instanceof FlowProblems)) throw error
    intake.add(error.problems)
    return null
  }
}

async function begin(
  intake: Intake,
  { flow, engine, variables: said, store, ground }: Ready,
  before: Before,
  { index, step, input }: { readonly index: number; readonly step: string; readonly input: Json },
): Promise<Started> {
  const variables = { ...plainVariables(before), ...said }
  const checked = await checkGiven(flow, { input, variables })
  const { events } = planReuse(before, { plan: flow.plan, ...checked, from: new Set([step]) })
  const plan = aloneIn(flow.plan, index)
  const reused = { run: before.row.id, events }
  const run = await engine.start({ ...flow, plan, id: engine.core.link(plan).id }, { input, variables, ground, reused })
  const [warnings, close] = [engine.warnings(), () => engine.close()]
  return { kind: 'started', flow, run, store, warnings, unfinished: [], texts: intake.texts, close }
}

/** The same steps, of which only this one is wanted. What it reads and is not taken over is done again. */
function aloneIn(plan: Plan, index: number): Plan {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just found among the steps
  const of = index as StepIndex
  return {
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, mustExecute: false })),
    output: { kind: 'output', of, at: WHOLE, ifSkipped: 'skip', ifFailed: 'fail', nullHasAllPaths: true },
    demand: 'what-output-needs',
    verdict: 'by-output',
  }
}
