// Waits, and holds nothing while it does.
import type { Json } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import { Answer, type Call, type Component } from '../component.ts'
import { anything, fields, optional, wholeNumber } from './fields.ts'
import { invalidInput } from './invalid-input.ts'

const waitMsMax = 366 * 86_400_000

const input = fields({
  duration_ms: optional(wholeNumber('How long to wait, in milliseconds.', 0, waitMsMax)),
  until: optional(anything('When to go on: a time such as "2027-01-31T09:00:00Z", or epoch milliseconds.')),
  passthrough: optional(anything('Comes out with the output.')),
})

export const sleep: Component = {
  effect: 'pure',
  input: input.schema,
  checksInput: true,
  description: 'Wait for a time, or until one',
  run(given: Json, { nowMs }: Call) {
    const { duration_ms: durationMs, until, passthrough } = input.read(given)
    if ((durationMs === null) === (until === null))
      throw invalidInput('Cannot tell how long to wait: expected either "duration_ms" or "until"')
    const untilMs = durationMs === null ? toTime(until, nowMs) : nowMs + durationMs
    const waited = { duration_ms: durationMs ?? Math.max(0, untilMs - nowMs) }
    return Answer.wait(untilMs, passthrough === null ? waited : { ...waited, passthrough })
  },
}

/** A time of day without an offset would depend on where the engine runs. */
const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/i

function toTime(until: Json, nowMs: number): number {
  const atMs = typeof until === 'string' && isoTime.test(until) ? Date.parse(until) : until
  if (typeof atMs !== 'number' || !Number.isFinite(atMs))
    throw invalidInput(
      `Cannot wait until ${shown(until)}: expected a time such as "2027-01-31T09:00:00Z" or epoch milliseconds`,
    )
  if (atMs - nowMs > waitMsMax)
    throw invalidInput(`Cannot wait until ${shown(until)}: that is more than waitMsMax, a year, away`)
  return Math.ceil(atMs)
}

function shown(until: Json): string {
  return quote(typeof until === 'string' ? until : JSON.stringify(until))
}
