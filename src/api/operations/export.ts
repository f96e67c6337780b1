// Prints a run with all that it needs, as one line of JSON that `import` takes.
import { exportText } from '../exported-run.ts'
import { readGround } from '../ground.ts'
import { Intake, type Refusal } from '../intake.ts'
import { withRun } from '../open-run.ts'
import type { Flags, Operation } from '../operation.ts'
import { storeFlags } from '../stores.ts'
import type { Text } from './visualize.ts'

const flags = { ...storeFlags } as const satisfies Flags

export const exportRun: Operation<typeof flags, Text | Refusal> = {
  name: 'export',
  summary: 'Print a run with all that belongs to it, for another store; secrets stay sealed',
  operand: { name: 'RUN', count: 'one' },
  flags,
  example: 'millrace export 01a21f5c-1ea3-7a2c-991f-4e315b97de05 > run.json',
  async handler([id = ''], given, host) {
    const intake = new Intake(host)
    const text = await withRun(intake, id, given, host, async (run, { core }) => {
      const row = await core.store.getRun(run.id)
      return row === null ? null : exportText(core.store, row, readGround(row.given.ground, host).source)
    })
    return text === null ? intake.refusal() : { kind: 'text', text }
  },
}
