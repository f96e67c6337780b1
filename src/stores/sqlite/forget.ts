// Forgets ended runs that are kept no longer, and what only they had. One call does a bounded share.
import type { DatabaseSync } from 'node:sqlite'
import type { Retention } from '../store.ts'
import type { Statements } from './statements.ts'

const RUNS_PER_CALL_MAX = 500
const PAGES_GIVEN_BACK_MAX = 4_096

/** In a transaction of its own. Answers how many runs went. */
export function forgetRuns(db: DatabaseSync, sql: Statements, keep: Retention, nowMs: number): number {
  const numbers = doomed(sql, keep, nowMs)
  if (numbers.length === 0) return 0
  db.exec('BEGIN IMMEDIATE')
  const used = new Set<string>()
  for (const number of numbers) {
    for (const { what } of sql.usesOf.all(number)) used.add(String(what))
    for (const statement of [sql.dropUses, sql.dropLog, sql.dropRun]) statement.run(number)
  }
  for (const hash of used) if (sql.isUsed.get(hash) === undefined) sql.dropBlob.run(hash)
  sql.dropPlans.run()
  db.exec('COMMIT')
  db.exec(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK_MAX})`)
  return numbers.length
}

function doomed(sql: Statements, { runsMs, failedRunsMs, bytesMax, runsMax }: Retention, nowMs: number): number[] {
  const old = numbersOf(
    sql.oldRuns.all({ failed: before(nowMs, failedRunsMs), others: before(nowMs, runsMs), limit: RUNS_PER_CALL_MAX }),
  )
  const excess = Number.isFinite(runsMax) ? Number(sql.countEnded.get()?.['count']) - runsMax : 0
  const isTooLarge = Number(sql.pages.get()?.['bytes']) > bytesMax
  const room = RUNS_PER_CALL_MAX - old.length
  if (old.length >= excess && !isTooLarge) return old
  const count = Math.min(room, isTooLarge ? room : excess - old.length)
  return [...new Set([...old, ...numbersOf(sql.oldestRuns.all(old.length + count))])]
}

function before(nowMs: number, ageMs: number): number {
  return Number.isFinite(ageMs) ? nowMs - ageMs : -1
}

function numbersOf(records: readonly { readonly [column: string]: unknown }[]): number[] {
  return records.map(({ number }) => Number(number))
}
