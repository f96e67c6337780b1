// Has a run begin no more steps until it is resumed.
import type { Refusal } from '../intake.ts'
import { type Controlled, controlRun } from '../control-run.ts'
import type { Flags, Operation } from '../operation.ts'
import { storeFlags } from '../stores.ts'

const flags = {
  ...storeFlags,
  reason: { kind: 'text', value: 'TEXT', doc: 'why, to be kept with the run' },
} as const satisfies Flags

export const pause: Operation<typeof flags, Controlled | Refusal> = {
  name: 'pause',
  summary: 'Have a run begin no more steps; millrace resume RUN has it go on',
  operand: { name: 'RUN', count: 'one' },
  flags,
  example: 'millrace pause 01a21f5c-1ea3-7a2c-991f-4e315b97de05',
  handler: ([id = ''], given, host) =>
    controlRun(
      id,
      {
        ask: 'pause',
        reason: given.reason,
        here: (engine, row) => engine.core.pauseStored(row, given.reason),
        text: 'paused',
      },
      given,
      host,
    ),
}
