// Looks at everything in a file, and mends what loses nothing: rows that say less than their log, and parts that no run has.
import type { DatabaseSync } from 'node:sqlite'
import { crc32 } from '../../lib/crc32.ts'
import { decodeEvents } from '../../core/event-codec.ts'
import { statusOfEnd } from '../../core/outcome.ts'
import { sha256 } from '../../lib/hash.ts'
import type { RunRow, StoreFinding } from '../store.ts'
import { type RowRecord, toColumns, toRow } from './rows.ts'
import { RECORDS_OF } from './statements.ts'

type Find = (what: string, run?: string | null) => void

/** In one transaction where it mends. */
export function checkFile(db: DatabaseSync, mends: boolean): readonly StoreFinding[] {
  const findings: StoreFinding[] = []
  const named: Find = (what, run = null) => void findings.push({ what, run, is: 'named' })
  const mendable: Find = (what, run = null) => void findings.push({ what, run, is: mends ? 'mended' : 'can-mend' })
  checkPages(db, named)
  if (mends) db.exec('BEGIN IMMEDIATE')
  checkRuns(db, named, mendable, mends)
  for (const [what, table, where] of ORPHANS) {
    const count = Number(db.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${where}`).get()?.['count'])
    if (count > 0) mendable(`${what} of no run: ${count}`)
    if (count > 0 && mends) db.exec(`DELETE FROM ${table} WHERE ${where}`)
  }
  checkBlobs(db, named)
  checkPlans(db, named)
  if (mends) db.exec('COMMIT')
  return findings
}

/** Closed texts, in the order in which each leaves the next without owners. */
const ORPHANS = [
  ['records of a log', 'log', 'run NOT IN (SELECT number FROM runs)'],
  ['uses', 'uses', 'run NOT IN (SELECT number FROM runs)'],
  ['blobs', 'blobs', 'hash NOT IN (SELECT what FROM uses)'],
] as const

function checkPages(db: DatabaseSync, named: Find): void {
  for (const { quick_check: said } of db.prepare('PRAGMA quick_check(20)').all())
    if (said !== 'ok') named(`SQLite: ${String(said)}`)
}

function checkRuns(db: DatabaseSync, named: Find, mendable: Find, mends: boolean): void {
  for (const record of db.prepare('SELECT * FROM runs ORDER BY number').iterate()) {
    const row = readRow(record)
    const id = String(record['id'])
    if (row === null) {
      named('its row is damaged', id)
      continue
    }
    const end = checkRecords(db, Number(record['number']), id, named)
    if (end === null || end.endedAtMs === row.endedAtMs) continue
    mendable(`its row says ${row.status}, and its log ${end.status}`, id)
    if (mends) mendRow(db, { ...row, ...end, waitsFor: null, resumes: 0 })
  }
}

function readRow(record: RowRecord): RunRow | null {
  try {
    return toRow(record)
  } catch {
    return null
  }
}

/** How the log says that the run has ended; `null` where it has not, or cannot be read. */
function checkRecords(
  db: DatabaseSync,
  number: number,
  id: string,
  named: Find,
): Pick<RunRow, 'status' | 'endedAtMs'> | null {
  let next = 0
  let end: Pick<RunRow, 'status' | 'endedAtMs'> | null = null
  for (const { seq, text, sum } of db.prepare(RECORDS_OF).iterate(number, number)) {
    if (typeof text !== 'string' || crc32(text) !== sum || seq !== next) {
      named(`its log is damaged from event ${next} on`, id)
      return null
    }
    const events = decodeEvents(text)
    next += events.length
    const last = events.at(-1)
    if (last?.kind !== 'run-finished') continue
    end = { status: statusOfEnd(last.outcome), endedAtMs: last.atMs }
  }
  return end
}

function mendRow(db: DatabaseSync, row: RunRow): void {
  const columns = toColumns(row)
  const sum = columns.at(-1) ?? null
  db.prepare('UPDATE runs SET status = ?, ended_ms = ?, wait = NULL, resumes = 0, sum = ? WHERE id = ?').run(
    row.status,
    row.endedAtMs,
    sum,
    row.id,
  )
}

function checkBlobs(db: DatabaseSync, named: Find): void {
  for (const { hash, text } of db
    .prepare('SELECT hash, text FROM blobs WHERE hash IN (SELECT what FROM uses)')
    .iterate())
    if (typeof text !== 'string' || sha256(text) !== hash) named(`the blob ${String(hash)} is damaged`)
  const missing = `SELECT runs.id AS id, what FROM uses JOIN runs ON runs.number = uses.run
    WHERE what NOT IN (SELECT hash FROM blobs) AND what NOT IN (SELECT id FROM plans)`
  for (const { id, what } of db.prepare(missing).all()) named(`${String(what)} is missing, which it uses`, String(id))
}

function checkPlans(db: DatabaseSync, named: Find): void {
  for (const { id, text, sum } of db.prepare('SELECT id, text, sum FROM plans').iterate())
    if (typeof text !== 'string' || crc32(text) !== sum) named(`the plan ${String(id)} is damaged`)
  for (const { id, plan } of db.prepare('SELECT id, plan FROM runs WHERE plan NOT IN (SELECT id FROM plans)').all())
    named(`its plan ${String(plan)} is missing`, String(id))
}
