// Says in words what a flow does; with a step, what decides on that step and what it would be given.
import { existsSync } from 'node:fs'
import { quote } from '../../lib/quote.ts'
import { groundFlags, inputFlags, runningFlags } from '../flags.ts'
import { Intake, type Refusal } from '../intake.ts'
import { readInput } from '../input.ts'
import { lastLogOf } from '../logs.ts'
import { withRun } from '../open-run.ts'
import { refuseStep } from '../refusals.ts'
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
  summary: 'Say in words what a flow does, or why a run, or a step of it, stands as it does',
  operand: { name: 'FLOW | RUN [STEP]', count: 'any' },
  flags,
  example: 'millrace explain examples/orders/flow.yaml',
  async handler([file, step = null, ...others], given, host) {
    const intake = new Intake(host)
    if (file === undefined || others.length > 0)
      intake.refuse(
        'INVALID_COMMAND_LINE',
        'Cannot tell what to explain',
        'Write one flow, or one run and, if wanted, one step of it',
      )
    if (file === undefined || intake.hasErrors) return intake.refusal()
    if (isRun(file, intake)) return explainStored(intake, file, step ?? given.step, given, host)
    if (step !== null)
      intake.refuse(
        'INVALID_COMMAND_LINE',
        `Cannot use the argument ${quote(step)}: ${quote(file)} is a flow`,
        `Write --step ${step}`,
      )
    if (intake.hasErrors) return intake.refusal()
    if (given.step !== null) return explainStep(intake, file, given.step, given, host)
    const read = await intake.tree(file)
    const ground = await prepareGround(intake, folderOf(file, host), { config: given.config, components: [] }, host)
    const flow = read === null ? null : await prepareFlow(intake, read, ground, given.overrides, host)
    if (flow?.kind !== 'flow' || intake.hasErrors) return intake.refusal()
    const { explainPlan } = await import('../explain-plan.ts')
    return { kind: 'text', text: explainPlan(flow.name, flow.plan) }
  },
}

/** Whatever looks like the id of a run, or the end of one, and is no file. */
function isRun(text: string, intake: Intake): boolean {
  return /^[\da-f-]{4,36}$/.test(text) && !existsSync(intake.resolve(text))
}

async function explainStored(
  intake: Intake,
  id: string,
  step: string | null,
  given: Given<typeof flags>,
  host: Host,
): Promise<Text | Refusal> {
  const text = await withRun(intake, id, given, host, async (run, { core }) => {
    const { explainRun, explainRunStep } = await import('../explain-run.ts')
    const report = await run.report()
    if (step === null) return explainRun(report)
    const index = report.steps.findIndex((one) => one.id === step)
    if (index < 0) {
      refuseStep(intake, step, report.steps)
      return null
    }
    const { program, record } = await run.record()
    const log = await lastLogOf(run, step, report.steps[index]?.error?.item ?? null)
    return explainRunStep({ report, program, record, log, reveal: (value) => core.reveal(null, value) }, index)
  })
  return text === null ? intake.refusal() : { kind: 'text', text }
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
  if (ready !== null && step === undefined) refuseStep(intake, id, ready.flow.plan.steps)
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
