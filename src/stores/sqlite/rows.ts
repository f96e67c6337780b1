// Rows of the table of runs as the engine knows them. Each has a checksum: the file itself has none.
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { crc32 } from '../../lib/crc32.ts'
import { NOTHING_GIVEN, type RunRow } from '../store.ts'
import { StoreError } from '../store-error.ts'

/** The place of the status among the columns; what follows it, but for when it started and what it was given, may change. */
export const STATUS_AT = 6

/** The row as the table has it, in the order of its columns after the number. */
export function toColumns(row: RunRow): readonly SQLInputValue[] {
  const { id, key, plan, flow, language, trigger, status, startedAtMs, endedAtMs, waitsFor, resumes, given } = row
  const columns: SQLInputValue[] = [
    id,
    key,
    plan,
    flow,
    language,
    trigger,
    status,
    startedAtMs,
    endedAtMs,
    waitsFor === null ? null : JSON.stringify(waitsFor),
    resumes,
    given === NOTHING_GIVEN ? '' : JSON.stringify(given),
  ]
  return [...columns, crc32(JSON.stringify(columns))]
}

const COLUMNS = [
  'id',
  'key',
  'plan',
  'flow',
  'language',
  'trigger',
  'status',
  'started_ms',
  'ended_ms',
  'wait',
  'resumes',
  'given',
] as const

export type RowRecord = { readonly [column: string]: SQLOutputValue }

/** The row of a record; `null` where there is none. */
export function toRow(record: RowRecord | undefined): RunRow | null {
  if (record === undefined) return null
  const columns = COLUMNS.map((name) => record[name] ?? null)
  if (crc32(JSON.stringify(columns)) !== record['sum'])
    throw new StoreError('STORE_DAMAGED', `The row of run ${String(record['id'])} is damaged`)
  const [id, key, plan, flow, language, trigger, status, startedAtMs, endedAtMs, wait, resumes, given] = columns
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the checksum says that it is what was written
  return {
    id,
    key,
    plan,
    flow,
    language,
    trigger,
    status,
    startedAtMs,
    endedAtMs,
    waitsFor: typeof wait === 'string' ? JSON.parse(wait) : null,
    resumes,
    given: given === '' ? NOTHING_GIVEN : JSON.parse(String(given)),
  } as RunRow
}
