// Writes a case file from a run: what happened there is what should happen again, offline.
import { sha256 } from '../../lib/hash.ts'
import { toYaml } from '../../source/to-yaml.ts'
import { readGround } from '../ground.ts'
import { Intake, type Refusal } from '../intake.ts'
import { withRun } from '../open-run.ts'
import type { Flags, Operation } from '../operation.ts'
import { RECORD_ITEMS_MAX, toCase } from '../record-case.ts'
import { storeFlags } from '../stores.ts'
import type { Text } from './visualize.ts'

const flags = {
  ...storeFlags,
  name: { kind: 'text', value: 'NAME', doc: 'of the case; else the flow and the run' },
} as const satisfies Flags

export const record: Operation<typeof flags, Text | Refusal> = {
  name: 'record',
  summary: 'Print a case file that has a run happen again offline; millrace test runs it',
  operand: { name: 'RUN', count: 'one' },
  flags,
  example: 'millrace record 01a21f5c-1ea3-7a2c-991f-4e315b97de05 > orders.case.yaml',
  async handler([id = ''], given, host) {
    const intake = new Intake(host)
    const text = await withRun(intake, id, given, host, async (run, engine) => {
      const { store } = engine.core
      const row = await store.getRun(run.id)
      const source = readGround(row?.given.ground ?? null, host).source
      const flow = source === null ? null : await store.getBlob(source, null)
      if (flow === null || source !== sha256(flow))
        return intake.refuse(
          'RUN_NOT_FOUND',
          'Cannot record this run: the text of its flow was not kept',
          'Runs of millrace run keep it',
        )
      const { program, record: recorded } = await run.record()
      const items = recorded.steps.reduce((sum, step) => sum + (step.items?.length ?? 0), 0)
      if (items > RECORD_ITEMS_MAX)
        return intake.refuse(
          'SOURCE_BOUND',
          `Cannot record ${items} items of loops: recordItemsMax is ${RECORD_ITEMS_MAX}`,
        )
      const secrets = program.plan.variables.flatMap(({ name, isSecret }) =>
        isSecret && recorded.variables.has(name) ? name : [],
      )
      const reveal = (value: Parameters<typeof engine.core.reveal>[1]) => engine.core.reveal(null, value)
      const outcome = recorded.outcome === null ? null : await run.result()
      const report = { ...(await run.report()), outcome }
      const name = given.name ?? `${row?.flow ?? 'flow'} as run ${run.id}`
      const input = await reveal(recorded.input)
      const events = await store.events(run.id, 0)
      return toYaml(await toCase({ name, flow, input, secrets, report, program, record: recorded, events }, reveal))
    })
    return text === null ? intake.refusal() : { kind: 'text', text }
  },
}
