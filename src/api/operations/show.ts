// What happened in one run of a store, or happens still.
import { quote } from '../../lib/quote.ts'
import type { RunEvent } from '../events.ts'
import { Intake, type Refusal } from '../intake.ts'
import { followRun, type Followed } from '../follow-run.ts'
import { logIn, type StepLog } from '../logs.ts'
import type { Flags, Given, Host, Operation } from '../operation.ts'
import { withRun } from '../open-run.ts'
import { refuseStep } from '../refusals.ts'
import type { Report, StepReport } from '../report.ts'
import type { Run } from '../run-handle.ts'
import { storeFlags } from '../stores.ts'

const flags = {
  ...storeFlags,
  step: { kind: 'text', value: 'ID', doc: 'one step, with its input, output, cause and what it logged' },
  follow: { kind: 'switch', doc: 'go on as it does, until it ends or waits for somebody' },
  item: { kind: 'text', value: 'INDEX', doc: 'one item of the loop that --step names, from 0' },
} as const satisfies Flags

export type Shown = {
  readonly kind: 'shown'
  readonly report: Report
  /** The step, or the item of its loop, that was asked for. */
  readonly part:
    | ((StepReport | NonNullable<StepReport['items']>[number]) & { readonly logs: readonly StepLog[] })
    | null
  readonly events: readonly RunEvent[]
}

export const show: Operation<typeof flags, Shown | Followed | Refusal> = {
  name: 'show',
  summary: 'Show a run of a store, step by step',
  operand: { name: 'RUN', count: 'one' },
  flags,
  example: 'millrace show 01a21f5c-1ea3-7a2c-991f-4e315b97de05',
  async handler([id = ''], given, host) {
    const intake = new Intake(host)
    if (given.follow) return (await followWhole(intake, id, given, host)) ?? intake.refusal()
    const shown = await withRun(intake, id, given, host, (run) => showRun(intake, run, given))
    return shown ?? intake.refusal()
  },
}

async function followWhole(
  intake: Intake,
  id: string,
  given: Given<typeof flags>,
  host: Host,
): Promise<Followed | null> {
  if (given.step === null && given.item === null) return followRun(intake, id, given, host)
  return intake.refuse('INVALID_COMMAND_LINE', 'Cannot follow a part of a run', 'Leave out --step and --item')
}

async function showRun(intake: Intake, run: Run, given: Given<typeof flags>): Promise<Shown | null> {
  const report = await run.report()
  const step = report.steps.find((one) => one.id === given.step) ?? null
  if (given.step !== null && step === null) refuseStep(intake, given.step, report.steps)
  const item = given.item === null ? null : (step?.items?.[Number(given.item)] ?? null)
  if (given.item !== null && item === null)
    intake.refuse(
      'INVALID_COMMAND_LINE',
      `Cannot find the item ${quote(given.item)}`,
      'Name a loop with --step, and an item from 0 on',
    )
  if (intake.hasErrors) return null
  const events: RunEvent[] = []
  for await (const event of run.storedEvents()) events.push(event)
  if (step === null) return { kind: 'shown', report, part: null, events }
  const logs = events.flatMap((event) => logIn(event, step.id, item?.index) ?? [])
  return { kind: 'shown', report, part: { ...(item ?? step), logs }, events }
}
