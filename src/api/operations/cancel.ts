// Ends a run now, wherever it is.
import type { Refusal } from '../intake.ts'
import { type Controlled, controlRun } from '../control-run.ts'
import type { Flags, Operation } from '../operation.ts'
import { storeFlags } from '../stores.ts'

const flags = {
  ...storeFlags,
  reason: { kind: 'text', value: 'TEXT', doc: 'why, to be kept with the run' },
} as const satisfies Flags

export const cancel: Operation<typeof flags, Controlled | Refusal> = {
  name: 'cancel',
  summary: 'End a run now: what works is stopped, what has not begun is skipped',
  operand: { name: 'RUN', count: 'one' },
  flags,
  example: 'millrace cancel 01a21f5c-1ea3-7a2c-991f-4e315b97de05 --reason duplicate',
  handler: ([id = ''], given, host) =>
    controlRun(
      id,
      {
        ask: 'cancel',
        reason: given.reason,
        here: (engine, row) => engine.core.stopStored(row, given.reason),
        text: 'cancelled',
      },
      given,
      host,
    ),
}
