// Has a run begin no more steps until it is resumed.
import { type Controlled, controlFlags, controlRun } from '../control-run.ts'
import type { Refusal } from '../intake.ts'
import type { Operation } from '../operation.ts'

export const pause: Operation<typeof controlFlags, Controlled | Refusal> = {
  name: 'pause',
  summary: 'Have a run begin no more steps; millrace resume RUN has it go on',
  operand: { name: 'RUN', count: 'one' },
  flags: controlFlags,
  example: 'millrace pause 01a21f5c-1ea3-7a2c-991f-4e315b97de05',
  handler: ([id = ''], given, host) => controlRun(id, 'pause', given, host),
}
