// Runs a flow, once or for each of many inputs. The answer is what was started, and goes on.
import { groundFlags, inputFlags, runningFlags } from '../flags.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
import type { Batch } from '../batch.ts'
import { prepareRun, prepareStep, type Started } from '../prepare-run.ts'

const flags = {
  ...inputFlags,
  inputs: { kind: 'text', value: 'FILE.jsonl', doc: 'many inputs, one a line: a batch' },
  ...groundFlags,
  ...runningFlags,
  step: { kind: 'text', value: 'ID', doc: 'this step alone, on the values of the run that --from names' },
  from: { kind: 'text', value: 'RUN', doc: 'the earlier run of --step' },
  strict: { kind: 'switch', doc: 'refuse a flow that has warnings' },
} as const satisfies Flags

export const run: Operation<typeof flags, Started | Batch | Refusal> = {
  name: 'run',
  summary: 'Run a flow and print its outcome as one line of JSON',
  operand: { name: 'FLOW', count: 'one' },
  flags,
  example:
    'millrace run examples/orders/flow.yaml --components examples/orders/components.ts --input examples/orders/orders.json',
  async handler([file = '-'], given, host) {
    const intake = new Intake(host)
    if (given.step !== null || given.from !== null) return prepareStep(intake, file, given, host)
    if (given.inputs === null) return prepareRun(intake, file, given, host)
    const { prepareBatch } = await import('../batch.ts')
    return prepareBatch(intake, file, given.inputs, given, host)
  },
}
