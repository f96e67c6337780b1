// Compares two runs of a store.
import { type Difference, diffRuns } from '../diff-runs.ts'
import { Intake, type Refusal } from '../intake.ts'
import { withRun } from '../open-run.ts'
import type { Flags, Given, Host, Operation } from '../operation.ts'
import { storeFlags } from '../stores.ts'

const flags = { ...storeFlags } as const satisfies Flags

export type Compared = { readonly kind: 'compared'; readonly differences: readonly Difference[] }

export const diff: Operation<typeof flags, Compared | Refusal> = {
  name: 'diff',
  summary: 'Say where two runs differ, the first difference first',
  operand: { name: 'RUN RUN', count: 'any' },
  flags,
  example: 'millrace diff 01a21f5c-1ea3-7a2c-991f-4e315b97de05 01a21f5c-9a02-7d11-8a6e-0e4a51b97d77',
  async handler([one, other, ...more], given, host) {
    const intake = new Intake(host)
    if (one === undefined || other === undefined || more.length > 0) {
      intake.refuse('INVALID_COMMAND_LINE', 'Cannot tell which runs to compare', 'Write the ids of two runs')
      return intake.refusal()
    }
    const [a, b] = [await sideOf(intake, one, given, host), await sideOf(intake, other, given, host)]
    return a === null || b === null ? intake.refusal() : { kind: 'compared', differences: diffRuns(a, b) }
  },
}

async function sideOf(intake: Intake, id: string, given: Given<typeof flags>, host: Host) {
  return withRun(intake, id, given, host, async (run, engine) => {
    const [report, { record }] = [await run.report(), await run.record()]
    const outcome = record.outcome === null ? null : await run.result()
    const result = outcome?.outcome === 'success' ? outcome.result : null
    return { report, input: await engine.core.reveal(null, record.input), result }
  })
}
