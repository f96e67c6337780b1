// Rows of the table of runs as the engine knows them.
import type { SQLOutputValue } from 'node:sqlite'
import { assert } from '../../lib/assert.ts'
import type { RunRow, RunRowStatus } from '../store.ts'

const STATUSES: readonly RunRowStatus[] = ['running', 'completed', 'failed', 'cancelled']

/** The row of a record; `null` where there is none. */
export function toRow(record: Record<string, SQLOutputValue> | undefined): RunRow | null {
  if (record === undefined) return null
  const status = STATUSES.find((known) => known === record['status'])
  assert(status !== undefined, 'a run has a status that is known')
  return {
    id: String(record['id']),
    plan: String(record['plan']),
    key: textOrNull(record['key']),
    flow: textOrNull(record['flow']),
    language: String(record['language']),
    trigger: String(record['trigger']),
    status,
    startedAtMs: Number(record['started_ms']),
    endedAtMs: record['ended_ms'] === null ? null : Number(record['ended_ms']),
  }
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}
