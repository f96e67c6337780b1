// Keeps runs in one file. What `append` has answered survives a crash of the machine: WAL, and a sync with every commit.
// Q1  One writing connection, in the process that owns the file.
// Q2  Plans and blobs are written with the events that name them, in one transaction.
// Q3  A failed commit leaves nothing of its batch; whoever asked is told, and the engine stops.
import { crc32 } from 'node:zlib'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { decodeEvents, encodeEvents } from '../../core/event-codec.ts'
import type { Event } from '../../core/events.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Plan } from '../../plan/plan.ts'
import { StoreError } from '../store-error.ts'
import type { Append, RunRow, Store } from '../store.ts'
import { damageOfWal } from './check-wal.ts'
import { own } from './owner.ts'
import { toRow } from './rows.ts'
import { migrate } from './schema.ts'

/** Larger values make small commits slow. */
const SPILL_BYTES_MIN = 16_384
/** Before it, two connections can corrupt a file. */
const VERSION_MIN = [3, 51, 3]
const BUSY_MS = 5_000

/** Opens the store in the file `path`, which is made where there is none. */
export function openSqliteStore(path: string): Store {
  try {
    return openOwned(path, own(path))
  } catch (cause) {
    if (cause instanceof StoreError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StoreError('STORE_FAILED', `Cannot open ${path}: ${reason}`, { cause })
  }
}

function openOwned(path: string, giveUp: () => void): Store {
  try {
    return storeOn(openDatabase(path), giveUp)
  } catch (error) {
    giveUp()
    throw error
  }
}

function openDatabase(path: string): DatabaseSync {
  const damage = damageOfWal(path)
  if (damage !== null)
    throw new StoreError('STORE_DAMAGED', `Cannot open ${path}: its write-ahead log is damaged: ${damage}`)
  const db = new DatabaseSync(path, { timeout: BUSY_MS })
  const version = String(db.prepare('SELECT sqlite_version() AS version').get()?.['version'])
  if (isOlder(version))
    throw new StoreError('STORE_UNSAFE', `SQLite ${version} is too old: ${VERSION_MIN.join('.')} is needed`)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const mode = db.prepare('PRAGMA journal_mode').get()?.['journal_mode']
  const sync = db.prepare('PRAGMA synchronous').get()?.['synchronous']
  if (mode !== 'wal' || sync !== 2)
    throw new StoreError(
      'STORE_UNSAFE',
      `Cannot make the file safe: journal_mode is ${String(mode)}, synchronous ${String(sync)}`,
    )
  migrate(db)
  return db
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (const [index, wanted] of VERSION_MIN.entries()) {
    const part = parts[index] ?? 0
    if (part !== wanted) return part < wanted
  }
  return false
}

function storeOn(db: DatabaseSync, giveUp: () => void): Store {
  const sql = statements(db)
  const numbers = new Map<string, number>()
  const plans = new Map<string, string>()
  const blobs = new Map<string, string>()

  function numberOf(run: string): number | null {
    const known = numbers.get(run)
    if (known !== undefined) return known
    const found = sql.runNumber.get(run)?.['number']
    if (typeof found !== 'number') return null
    numbers.set(run, found)
    return found
  }

  function append(batch: readonly Append[]): void {
    db.exec('BEGIN IMMEDIATE')
    try {
      for (const [id, text] of plans) sql.putPlan.run(id, text)
      for (const [hash, text] of blobs) sql.putBlob.run(hash, text)
      for (const one of batch) appendOne(one)
      db.exec('COMMIT')
    } catch (cause) {
      rollBack(cause)
    }
    plans.clear()
    blobs.clear()
  }

  function rollBack(cause: unknown): never {
    if (db.isTransaction) db.exec('ROLLBACK')
    numbers.clear()
    throw new StoreError('STORE_FAILED', 'The file could not be written', { cause })
  }

  function appendOne({ run, firstSeq, events: added, row }: Append): void {
    const isNew = added[0]?.kind === 'run-started'
    if (row !== null) putRow(row, isNew)
    const number = numberOf(run)
    if (number === null || added.length === 0) return
    const text = encodeEvents(added)
    sql.append.run(number, firstSeq, text, crc32(text))
    if (row !== null && row.endedAtMs !== null) numbers.delete(run)
  }

  function putRow(row: RunRow, isNew: boolean): void {
    const { id, key, plan, flow, language, trigger, status, startedAtMs, endedAtMs } = row
    const { lastInsertRowid } = sql.putRun.run(id, key, plan, flow, language, trigger, status, startedAtMs, endedAtMs)
    if (isNew) numbers.set(id, Number(lastInsertRowid))
  }

  function events(run: string, fromSeq: number): readonly Event[] {
    const number = numberOf(run)
    if (number === null) return []
    let next = 0
    return sql.events.all(number).flatMap((record) => {
      const { seq, text, sum } = record
      if (typeof text !== 'string' || crc32(text) !== sum || seq !== next)
        throw new StoreError('STORE_DAMAGED', `The log of run ${run} is damaged from event ${next} on`)
      const found = decodeEvents(text)
      next += found.length
      return found.slice(Math.max(0, fromSeq - seq))
    })
  }

  return {
    traits: { durable: true, instant: false, spillBytesMin: SPILL_BYTES_MIN },
    putPlan: (id, plan) => void plans.set(id, JSON.stringify(plan)),
    getPlan(id) {
      const text = plans.get(id) ?? sql.getPlan.get(id)?.['text']
      if (typeof text !== 'string') return null
      const plan: Plan = JSON.parse(text)
      return plan
    },
    append,
    events,
    getRun: (id) => toRow(sql.getRun.get(id)),
    findByKey: (key) => toRow(sql.findByKey.get(key)),
    listRuns: (limit) => sql.listRuns.all(limit).flatMap((record) => toRow(record) ?? []),
    openRuns: () => sql.openRuns.all().flatMap((record) => toRow(record) ?? []),
    putBlob: (hash, text) => void blobs.set(hash, text),
    getBlob(hash) {
      const pending = blobs.get(hash)
      if (pending !== undefined) return pending
      const text = sql.getBlob.get(hash)?.['text']
      if (typeof text !== 'string') return null
      if (sha256(text) !== hash) throw new StoreError('STORE_DAMAGED', `The blob ${hash} is damaged`)
      return text
    },
    close() {
      db.close()
      giveUp()
    },
  }
}

type Statements = { readonly [name in keyof typeof SQL]: StatementSync }

const SQL = {
  putPlan: 'INSERT OR IGNORE INTO plans (id, text) VALUES (?, ?)',
  getPlan: 'SELECT text FROM plans WHERE id = ?',
  putBlob: 'INSERT OR IGNORE INTO blobs (hash, text) VALUES (?, ?)',
  getBlob: 'SELECT text FROM blobs WHERE hash = ?',
  putRun: `INSERT INTO runs (id, key, plan, flow, language, trigger, status, started_ms, ended_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET status = excluded.status, ended_ms = excluded.ended_ms`,
  runNumber: 'SELECT number FROM runs WHERE id = ?',
  getRun: 'SELECT * FROM runs WHERE id = ?',
  findByKey: 'SELECT * FROM runs WHERE key = ?',
  listRuns: 'SELECT * FROM runs ORDER BY number DESC LIMIT ?',
  openRuns: 'SELECT * FROM runs WHERE ended_ms IS NULL ORDER BY number',
  append: 'INSERT INTO log (run, seq, text, sum) VALUES (?, ?, ?, ?)',
  events: 'SELECT seq, text, sum FROM log WHERE run = ? ORDER BY seq',
} as const

function statements(db: DatabaseSync): Statements {
  const prepared = Object.entries(SQL).map(([name, text]) => [name, db.prepare(text)])
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one statement for each name
  return Object.fromEntries(prepared) as Statements
}
