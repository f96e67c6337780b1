// Lists the runs of a store.
import type { RunRow } from '../../stores/store.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'

const LIMIT_DEFAULT = 50

const flags = {
  store: { kind: 'text', value: 'sqlite:PATH', doc: 'where the runs are' },
  limit: { kind: 'count', value: 'N', doc: `how many, the newest first; ${LIMIT_DEFAULT} if not said` },
} as const satisfies Flags

export type Listing = { readonly kind: 'runs'; readonly runs: readonly RunRow[] }

export const runs: Operation<typeof flags, Listing | Refusal> = {
  name: 'runs',
  summary: 'List the runs of a store',
  operand: null,
  flags,
  example: 'millrace runs --store sqlite:runs.db',
  async handler(_, { store: name, limit }, host) {
    const intake = new Intake(host)
    if (name === null) {
      intake.refuse('INVALID_COMMAND_LINE', 'Cannot tell where the runs are', 'Write --store sqlite:PATH')
      return intake.refusal()
    }
    const store = await host.parts.openStore(name)
    const rows = await store.listRuns(limit ?? LIMIT_DEFAULT)
    await store.close()
    return { kind: 'runs', runs: rows }
  },
}
