// Runs a flow. The answer is the run, which goes on; whoever shows it waits for its end.
import { FlowProblems, type Flow } from '../flow.ts'
import { inputFlags, providerFlags } from '../flags.ts'
import { readInput, readVariables } from '../input.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
import { missingComponents, openOn, prepareFlow, prepareGround } from '../prepare.ts'
import type { Run } from '../run-handle.ts'

const flags = {
  ...inputFlags,
  ...providerFlags,
  'max-concurrency': { kind: 'count', value: 'N', doc: 'calls of components at once' },
  timeout: { kind: 'duration', value: 'TIME', doc: 'limit of the whole run, such as 30s or 5m' },
  strict: { kind: 'switch', doc: 'refuse a flow with warnings' },
  report: { kind: 'text', value: 'FILE', doc: 'what happened, step by step, as JSON' },
  output: { kind: 'text', value: 'FILE', doc: 'the result line, in a file too' },
  events: { kind: 'text', value: 'FILE', doc: 'every event, one line of JSON each' },
  quiet: { kind: 'switch', doc: 'nothing on standard error' },
} as const satisfies Flags

export type Started = {
  readonly kind: 'started'
  readonly flow: Flow
  readonly run: Run
  readonly texts: ReadonlyMap<string, string>
  readonly close: () => Promise<void>
}

export const run: Operation<typeof flags, Started | Refusal> = {
  name: 'run',
  summary: 'Run a flow and print its outcome',
  operand: { name: 'FLOW', count: 'one' },
  flags,
  example: 'millrace run examples/orders/flow.yaml --components examples/orders/components.ts',
  async handler([file = '-'], given, host) {
    const intake = new Intake(host)
    const read = await intake.tree(file)
    const ground = await prepareGround(intake, file, given, host)
    const flow = read === null ? null : await prepareFlow(intake, read, ground, given.overrides, host)
    const input = await readInput(intake, given)
    if (flow?.kind !== 'flow') return intake.refusal()
    const variables = await readVariables(intake, flow.plan, given, host)
    const engine = await openOn(ground, given['allow-net'], host)
    intake.add(missingComponents(flow, engine.components, 'error'))
    if (intake.hasErrors || input === undefined) return intake.refusal()
    try {
      const run = await engine.start(flow, { input, variables })
      return { kind: 'started', flow, run, texts: intake.texts, close: () => engine.close() }
    } catch (error) {
      if (!(error instanceof FlowProblems)) throw error
      intake.add(error.problems)
      return intake.refusal()
    }
  },
}
