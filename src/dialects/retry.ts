// A step's own `retry` and time limit, which all languages spell alike. They replace what a language does by itself.
import { durationMs } from '../lib/duration.ts'
import type { Backoff, RetryPolicy } from '../plan/plan.ts'
import {
  type Fields,
  fieldsOf,
  type Shape,
  toChoice,
  toCount,
  toItems,
  toMapping,
  toNumber,
  toText,
} from '../source/fields.ts'
import { describe, type Entry, type Node, textOf } from '../source/node.ts'
import type { Report } from '../source/report.ts'

/** Tries after the first that a step may ask for, and those of a step that only asks. */
export const retriesMax = 100
export const retriesDefault = 3

const delayMsDefault = 1_000
const delayMsMax = 300_000
/** Nothing waits longer than a year. */
const waitMsMax = 366 * 86_400_000

const retryShape: Shape = { what: 'retry', keys: new Set(['max', 'delay', 'backoff', 'on', 'jitter']) }

const kinds: ReadonlyMap<string, Backoff['kind']> = new Map([
  ['exponential', 'exponential'],
  ['fixed', 'fixed'],
  ['constant', 'fixed'],
  ['fibonacci', 'fibonacci'],
])

/** A step's own `retry`: `{ max, delay, backoff, on, jitter }`, or only the number. */
export function ownPolicy({ value: node }: Entry, report: Report): RetryPolicy {
  const isNumber = node.kind === 'scalar' && typeof node.value === 'number'
  const mapping = isNumber ? null : toMapping(node, 'retry', report)
  const fields: Fields = mapping === null ? new Map() : fieldsOf(mapping, retryShape, report)
  const max = isNumber ? node : fields.get('max')?.value
  const retries = max === undefined ? null : toCount(max, 'retry: max', 0, retriesMax, report)
  const on = fields.get('on')?.value
  return [
    {
      retriesMax: retries ?? retriesDefault,
      on: on === undefined ? null : codesOf(on, report),
      except: [],
      backoff: backoffOf(fields, report),
    },
  ]
}

function backoffOf(fields: Fields, report: Report): Backoff {
  const kindNode = fields.get('backoff')?.value
  const kind = (kindNode === undefined ? null : toChoice(kindNode, 'backoff', kinds, report)) ?? 'exponential'
  const delay = fields.get('delay')?.value
  const delayMs = (delay === undefined ? null : toDuration(delay, 'delay', 0, report)) ?? delayMsDefault
  const jitterNode = fields.get('jitter')?.value
  const jitter = jitterNode === undefined ? null : toNumber(jitterNode, 'jitter', 0, 1, report)
  return {
    kind,
    delayMs,
    delayMsMax: Math.max(delayMs, delayMsMax),
    factor: 2,
    jitter: jitter ?? (kind === 'fixed' ? 0 : 0.1),
  }
}

/** One code or several. */
function codesOf(node: Node, report: Report): readonly string[] | null {
  if (textOf(node) !== null) return [textOf(node) ?? '']
  const codes = toItems(node, 'retry: on', report)?.map((item) => toText(item, 'an error code', report))
  if (codes === undefined) return null
  if (codes.length === 0)
    report.warning(
      'EMPTY_LIST',
      node.span,
      'Cannot retry on an empty list of codes',
      'Remove "on" to retry on every failure',
    )
  return codes.filter((code) => code !== null)
}

/** A span of time of at least `min` milliseconds, in milliseconds. */
export function toDuration(node: Node, what: string, min: number, report: Report): number | null {
  const value = node.kind === 'scalar' ? node.value : null
  const ms = typeof value === 'string' || typeof value === 'number' ? durationMs(value) : null
  if (ms !== null && ms >= min && ms <= waitMsMax) return ms
  const why = ms === null ? 'it is no span of time' : `it is ${ms < min ? 'too short' : 'longer than a year'}`
  const hint = 'Write it as 250ms, 30s, 5m, 2h, 1d or PT30S; a number counts seconds'
  report.error('INVALID_DURATION', node.span, `Cannot use ${describe(node)} as a ${what}: ${why}`, hint)
  return null
}
