// What happened in one run of a store, or happens still.
import { didYouMean } from '../../lib/did-you-mean.ts'
import { quote } from '../../lib/quote.ts'
import type { RunEvent } from '../events.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
import { openEngineWith } from '../open-engine.ts'
import type { Report } from '../report.ts'

const flags = {
  store: { kind: 'text', value: 'sqlite:PATH', doc: 'where the run is' },
  step: { kind: 'text', value: 'ID', doc: 'one step, with its input, output and cause' },
} as const satisfies Flags

export type Shown = {
  readonly kind: 'shown'
  readonly report: Report
  /** The step that was asked for. */
  readonly step: Report['steps'][number] | null
  readonly events: readonly RunEvent[]
}

export const show: Operation<typeof flags, Shown | Refusal> = {
  name: 'show',
  summary: 'Show a run of a store, step by step',
  operand: { name: 'RUN', count: 'one' },
  flags,
  example: 'millrace show 01a21f5c-1ea3-7a2c-991f-4e315b97de05 --store sqlite:runs.db',
  async handler([id = ''], given, host) {
    const intake = new Intake(host)
    if (given.store === null) {
      intake.refuse('INVALID_COMMAND_LINE', 'Cannot tell where the run is', 'Write --store sqlite:PATH')
      return intake.refusal()
    }
    const engine = await openEngineWith(host.parts, { store: given.store, resumes: false })
    try {
      const run = await engine.get(id)
      if (run === null) intake.refuse('RUN_NOT_FOUND', `Cannot find the run ${quote(id)} in this store`)
      if (run === null) return intake.refusal()
      const report = await run.report()
      const step = report.steps.find((one) => one.id === given.step) ?? null
      if (given.step !== null && step === null) refuseStep(intake, given.step, report)
      if (intake.hasErrors) return intake.refusal()
      const events: RunEvent[] = []
      for await (const event of run.storedEvents()) events.push(event)
      return { kind: 'shown', report, step, events }
    } finally {
      await engine.close()
    }
  },
}

function refuseStep(intake: Intake, id: string, { steps }: Report): void {
  const ids = steps.map((step) => step.id)
  const meant = didYouMean(id, ids)
  const hint = meant === null ? `Steps of this run: ${ids.slice(0, 20).join(', ')}` : `Did you mean ${quote(meant)}?`
  intake.refuse('UNDEFINED_STEP_REFERENCE', `Cannot find step ${quote(id)}`, hint)
}
