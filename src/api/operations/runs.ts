// Lists the runs of a store.
import type { RunQuery, RunRow, RunRowStatus } from '../../stores/store.ts'
import { durationMs } from '../../lib/duration.ts'
import { quote } from '../../lib/quote.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Given, Operation } from '../operation.ts'
import { readSettings } from '../settings.ts'
import { storeFlags, withReader } from '../stores.ts'

const LIMIT_DEFAULT = 50
const STATUSES: readonly RunRowStatus[] = ['running', 'paused', 'completed', 'failed', 'cancelled']

const flags = {
  ...storeFlags,
  limit: { kind: 'count', value: 'N', doc: `how many, the newest first; ${LIMIT_DEFAULT} if not said` },
  flow: { kind: 'text', value: 'NAME', doc: 'only of this flow' },
  status: { kind: 'text', value: 'STATUS', doc: `only with this status: ${STATUSES.join(', ')}` },
  trigger: { kind: 'text', value: 'TRIGGER', doc: 'only what this has started, such as manual' },
  since: { kind: 'text', value: 'TIME', doc: 'started since: 2h, 7d, or a date such as 2026-11-28' },
  until: { kind: 'text', value: 'TIME', doc: 'started before' },
  text: { kind: 'text', value: 'TEXT', doc: 'a part of the id, the key or the flow' },
} as const satisfies Flags

export type Listing = {
  readonly kind: 'runs'
  readonly runs: readonly RunRow[]
  /** What is not among them: the row of a run, or a file with all its runs. */
  readonly damaged: readonly { readonly run: string | null; readonly message: string }[]
  /** How many there are of each status, beyond the limit too. */
  readonly totals: ReadonlyMap<RunRowStatus, number>
}

export const runs: Operation<typeof flags, Listing | Refusal> = {
  name: 'runs',
  summary: 'List the runs of a store',
  operand: null,
  flags,
  example: 'millrace runs --status failed --since 7d',
  async handler(_, given, host) {
    const intake = new Intake(host)
    const settings = await readSettings(intake, given.settings, host)
    const query = toQuery(intake, given, Date.now())
    if (intake.hasErrors) return intake.refusal()
    return withReader(given, settings, host, async (store) => {
      const damaged: Listing['damaged'][number][] = []
      const listed = await store.listRuns(query, ({ message }, run) => damaged.push({ run, message }))
      return { kind: 'runs', runs: listed, damaged, totals: await store.countRuns(query) }
    })
  },
}

function toQuery(intake: Intake, given: Given<typeof flags>, nowMs: number): RunQuery {
  const { limit, flow, status, trigger, since, until, text } = given
  const known = STATUSES.find((name) => name === status) ?? null
  if (status !== null && known === null)
    intake.refuse(
      'INVALID_COMMAND_LINE',
      `Cannot use ${quote(status)} for --status`,
      `Write one of ${STATUSES.join(', ')}`,
    )
  const fromMs = since === null ? null : timeOf(intake, 'since', since, nowMs)
  const untilMs = until === null ? null : timeOf(intake, 'until', until, nowMs)
  return { limit: limit ?? LIMIT_DEFAULT, flow, status: known, trigger, fromMs, untilMs, text }
}

/** A time before now, or a date. */
function timeOf(intake: Intake, name: string, text: string, nowMs: number): number | null {
  const ago = durationMs(text)
  if (ago !== null) return nowMs - ago
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(atMs)) return atMs
  return intake.refuse(
    'INVALID_COMMAND_LINE',
    `Cannot use ${quote(text)} for --${name}`,
    'Write a time such as 2h or 7d, or a date such as 2026-11-28',
  )
}
