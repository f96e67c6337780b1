// How many items of a loop are worked on at once: `concurrency`, which all languages spell alike.
import { type Fields, toCount } from '../source/fields.ts'
import type { Report } from '../source/report.ts'

const lanesMax = 1_024

/** `null`: as many as the component allows. */
export function lanesOf(fields: Fields, report: Report): number | null {
  const entry = fields.get('concurrency')
  if (entry === undefined) return null
  if (fields.has('forEach')) return toCount(entry.value, 'concurrency', 1, lanesMax, report)
  const message = 'Cannot use concurrency without forEach: it has no effect'
  report.warning('LOST_KEY', entry.keySpan, message, 'Add forEach, or remove it')
  return null
}
