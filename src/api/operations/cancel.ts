// Ends a run now, wherever it is.
import { type Controlled, controlFlags, controlRun } from '../control-run.ts'
import type { Refusal } from '../intake.ts'
import type { Operation } from '../operation.ts'

export const cancel: Operation<typeof controlFlags, Controlled | Refusal> = {
  name: 'cancel',
  summary: 'End a run now: what works is stopped, what has not begun is skipped',
  operand: { name: 'RUN', count: 'one' },
  flags: controlFlags,
  example: 'millrace cancel 01a21f5c-1ea3-7a2c-991f-4e315b97de05 --reason duplicate',
  handler: ([id = ''], given, host) => controlRun(id, 'cancel', given, host),
}
