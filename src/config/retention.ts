// The setting `retention`: how long ended runs are kept, by how they ended and by flow. All that is wrong with it is told.
import { didYouMean } from '../lib/did-you-mean.ts'
import { durationMs } from '../lib/duration.ts'
import { isRecord, type Json, parseOrText } from '../lib/json.ts'
import { quote } from '../lib/quote.ts'
import type { Report, SettingsFault } from './fault.ts'

/** Ages in milliseconds; what is left out is as the engine has it. */
export type Keep = KeepRuns & {
  readonly bytesMax?: number
  readonly flows?: { readonly [flow: string]: KeepRuns }
}
type KeepRuns = {
  readonly runsMs?: number
  readonly completedRunsMs?: number
  readonly failedRunsMs?: number
  readonly cancelledRunsMs?: number
  readonly runsMax?: number
}

/** What may be said, and what it is called from then on. */
const AGES = {
  runs: 'runsMs',
  completedRuns: 'completedRunsMs',
  failedRuns: 'failedRunsMs',
  cancelledRuns: 'cancelledRunsMs',
} as const
const OF_FLOW = { ...AGES, count: 'runsMax' } as const
const OF_ALL = { ...OF_FLOW, bytes: 'bytesMax', flows: 'flows' } as const

const AGE_HINT = 'Write a time such as 30d, or forever'
const COUNT_HINT = 'Write a whole number'
const FLOWS_HINT = 'Write flows by name, such as { nightly: { runs: 7d, count: 100 } }'

const FOREVER: Keep = {
  runsMs: Number.POSITIVE_INFINITY,
  failedRunsMs: Number.POSITIVE_INFINITY,
  bytesMax: Number.POSITIVE_INFINITY,
  runsMax: Number.POSITIVE_INFINITY,
}

export function readRetention(value: Json, { name, fault }: Report): Keep | null {
  if (value === 'forever') return FOREVER
  const given = typeof value === 'string' ? parseOrText(value) : value
  if (!isRecord(given)) return null
  const { flows, ...rest } = given
  const keep = readParts(rest, OF_ALL, { name, fault })
  return flows === undefined ? keep : { ...keep, flows: readFlows(flows, { name: `${name}.flows`, fault }) }
}

function readFlows(value: Json, { name, fault }: Report): { readonly [flow: string]: KeepRuns } {
  if (!isRecord(value)) fault(unusable(value, name, FLOWS_HINT))
  const flows = isRecord(value) ? Object.entries(value) : []
  return Object.fromEntries(
    flows.map(([flow, parts]) => [flow, readFlow(parts, { name: `${name}.${flow}`, fault })] as const),
  )
}

function readFlow(parts: Json, report: Report): KeepRuns {
  if (isRecord(parts)) return readParts(parts, OF_FLOW, report)
  report.fault(unusable(parts, report.name, FLOWS_HINT))
  return {}
}

function readParts(
  parts: { readonly [part: string]: Json },
  known: { readonly [part: string]: string },
  { name, fault }: Report,
): { readonly [part: string]: number } {
  const read: { [part: string]: number } = {}
  for (const [part, given] of Object.entries(parts)) {
    const to = Object.hasOwn(known, part) ? known[part] : undefined
    const isAge = Object.hasOwn(AGES, part)
    const value = isAge ? toAge(given) : toCount(given)
    if (to === undefined) fault(unknownPart(part, name, Object.keys(known)))
    else if (value === null) fault(unusable(given, `${name}.${part}`, isAge ? AGE_HINT : COUNT_HINT))
    else read[to] = value
  }
  return read
}

function toAge(given: Json): number | null {
  if (given === 'forever') return Number.POSITIVE_INFINITY
  return typeof given === 'string' ? durationMs(given) : null
}

function toCount(given: Json): number | null {
  return typeof given === 'number' && Number.isInteger(given) && given >= 0 ? given : null
}

function unknownPart(part: string, name: string, known: readonly string[]): SettingsFault {
  const meant = didYouMean(part, known)
  const hint = meant === null ? `There are: ${known.join(', ')}` : `Did you mean ${quote(meant)}?`
  return { message: `Cannot find ${quote(part)} in the setting ${name}`, hint }
}

function unusable(given: Json, name: string, hint: string): SettingsFault {
  const shown = typeof given === 'string' ? given : JSON.stringify(given)
  return { message: `Cannot use ${quote(shown)} as the setting ${name}`, hint }
}
