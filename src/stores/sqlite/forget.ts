// Forgets ended runs that are kept no longer, and what only they had. One call does a bounded share.
import type { DatabaseSync } from 'node:sqlite'
import { END_STATUSES, type EndStatus, keptMs, type Retention } from '../retention.ts'
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
    sql.dropUses.run(number)
    sql.dropLog.run(number, number)
    sql.dropRun.run(number)
  }
  for (const hash of used) if (sql.isUsed.get(hash) === undefined) sql.dropBlob.run(hash)
  sql.dropPlans.run()
  db.exec('COMMIT')
  db.exec(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK_MAX})`)
  return numbers.length
}

function doomed(sql: Statements, keep: Retention, nowMs: number): readonly number[] {
  const { bytesMax, runsMax } = keep
  const gone = new Set([...oldRuns(sql, keep, nowMs), ...excessRuns(sql, keep)])
  const excess = Number.isFinite(runsMax) ? Number(sql.countEnded.get()?.['count']) - runsMax : 0
  const isTooLarge = Number(sql.pages.get()?.['bytes']) > bytesMax
  const count = isTooLarge ? RUNS_PER_CALL_MAX : Math.min(excess, RUNS_PER_CALL_MAX)
  const oldest = gone.size < count ? numbersOf(sql.oldestRuns.all(count)) : []
  for (const number of oldest) if (gone.size < count) gone.add(number)
  return [...gone].slice(0, RUNS_PER_CALL_MAX)
}

function oldRuns(sql: Statements, keep: Retention, nowMs: number): readonly number[] {
  const beforeMs = (flow: string | null, status: EndStatus): number => before(nowMs, keptMs(keep, flow, status))
  const own = Object.keys(keep.flows ?? {}).flatMap((flow) =>
    END_STATUSES.map((status) => ({ flow, status, beforeMs: beforeMs(flow, status) })),
  )
  const [completed, failed, cancelled] = [
    beforeMs(null, 'completed'),
    beforeMs(null, 'failed'),
    beforeMs(null, 'cancelled'),
  ]
  const newest = Math.max(completed, failed, cancelled, ...own.map((one) => one.beforeMs))
  const bounds = { completed, failed, cancelled, newest, own: JSON.stringify(own) }
  return numbersOf(sql.oldRuns.all({ ...bounds, limit: RUNS_PER_CALL_MAX }))
}

/** The oldest of flows that have more than they may. */
function excessRuns(sql: Statements, keep: Retention): readonly number[] {
  const excess = excessOf(sql, keep)
  const numbers: number[] = []
  if (excess.size === 0) return numbers
  for (const { number, flow } of sql.oldestOfFlows.iterate(JSON.stringify([...excess.keys()]))) {
    const name = String(flow)
    const left = excess.get(name) ?? 0
    if (left > 0) numbers.push(Number(number))
    if (left > 1) excess.set(name, left - 1)
    else excess.delete(name)
    if (excess.size === 0 || numbers.length === RUNS_PER_CALL_MAX) break
  }
  return numbers
}

/** How many more of its runs a flow has than it may. */
function excessOf(sql: Statements, { flows = {} }: Retention): Map<string, number> {
  const maxOf = (flow: string): number => flows[flow]?.runsMax ?? Number.POSITIVE_INFINITY
  const bounded = Object.keys(flows).filter((flow) => Number.isFinite(maxOf(flow)))
  const excess = new Map<string, number>()
  if (bounded.length === 0) return excess
  for (const { flow, count } of sql.countByFlow.all(JSON.stringify(bounded))) {
    const more = Number(count) - maxOf(String(flow))
    if (more > 0) excess.set(String(flow), more)
  }
  return excess
}

function before(nowMs: number, ageMs: number): number {
  return Number.isFinite(ageMs) ? nowMs - ageMs : -1
}

function numbersOf(records: readonly { readonly [column: string]: unknown }[]): number[] {
  return records.map(({ number }) => Number(number))
}
