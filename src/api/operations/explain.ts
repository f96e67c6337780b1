// Says in words what a flow does; with a step, what decides on that step and what it would be given.
import { didYouMean } from '../../lib/did-you-mean.ts'
import { quote } from '../../lib/quote.ts'
import { groundFlags, inputFlags, runningFlags } from '../flags.ts'
import type { Flow } from '../flow.ts'
import { Intake, type Refusal } from '../intake.ts'
import { readInput } from '../input.ts'
import type { Flags, Given, Host, Operation } from '../operation.ts'
import { folderOf, prepareFlow, prepareGround } from '../prepare.ts'
import { begin, prepare } from '../prepare-run.ts'
import type { Text } from './visualize.ts'

const flags = {
  step: { kind: 'text', value: 'ID', doc: 'run what this step needs, and show what it would do' },
  ...inputFlags,
  ...groundFlags,
  ...runningFlags,
} as const satisfies Flags

export const explain: Operation<typeof flags, Text | Refusal> = {
  name: 'explain',
  summary: 'Say in words what a flow does',
  operand: { name: 'FLOW', count: 'one' },
  flags,
  example: 'millrace explain examples/orders/flow.yaml',
  async handler([file = '-'], given, host) {
    const intake = new Intake(host)
    if (given.step !== null) return explainStep(intake, file, given.step, given, host)
    const read = await intake.tree(file)
    const ground = await prepareGround(intake, folderOf(file, host), { config: given.config, components: [] }, host)
    const flow = read === null ? null : await prepareFlow(intake, read, ground, given.overrides, host)
    if (flow?.kind !== 'flow' || intake.hasErrors) return intake.refusal()
    const { explainPlan } = await import('../explain-plan.ts')
    return { kind: 'text', text: explainPlan(flow.name, flow.plan) }
  },
}

async function explainStep(
  intake: Intake,
  file: string,
  id: string,
  given: Given<typeof flags>,
  host: Host,
): Promise<Text | Refusal> {
  const { planBefore, explainStepAfter } = await import('../explain-step.ts')
  const ready = await prepare(intake, file, { ...given, strict: false, store: 'memory' }, host)
  const input = await readInput(intake, given)
  const index = ready === null ? -1 : ready.flow.plan.steps.findIndex((step) => step.id === id)
  const step = ready?.flow.plan.steps[index]
  if (ready !== null && step === undefined) refuseUnknown(intake, id, ready.flow)
  if (ready === null || step === undefined || input === undefined || intake.hasErrors) return intake.refusal()
  const { flow, engine } = ready
  const plan = planBefore(flow.plan, step)
  const run = await begin(intake, { ...ready, flow: { ...flow, plan } }, input)
  if (run === null) return intake.refusal()
  await run.result()
  const text = explainStepAfter(engine.core.link(plan), step, index, await engine.core.store.events(run.id, 0))
  await engine.close()
  return { kind: 'text', text }
}

function refuseUnknown(intake: Intake, id: string, { plan }: Flow): void {
  const ids = plan.steps.map((step) => step.id)
  const meant = didYouMean(id, ids)
  const hint = meant === null ? `Steps of this flow: ${ids.slice(0, 20).join(', ')}` : `Did you mean ${quote(meant)}?`
  intake.refuse('UNDEFINED_STEP_REFERENCE', `Cannot find step ${quote(id)}`, hint)
}
