// Keeps runs in one file. What `append` has answered survives a crash of the machine: WAL, and a sync with every commit.
// Q1  One writing connection, in the process that owns the file; others read.
// Q2  Plans and blobs are written with the events that name them, in one transaction.
// Q3  A failed commit leaves nothing of its batch. On a full disk it may be tried again; after any other failure the engine stops.
import type { DatabaseSync } from 'node:sqlite'
import { crc32 } from '../../lib/crc32.ts'
import { decodeEvents, encodeEvents } from '../../core/event-codec.ts'
import type { Event } from '../../core/events.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Plan } from '../../plan/plan.ts'
import { StoreError } from '../store-error.ts'
import type { Append, PassOver, RunQuery, RunRow, RunRowStatus, Store } from '../store.ts'
import { checkFile } from './check-file.ts'
import { forgetRuns } from './forget.ts'
import { messageOf } from './message-of.ts'
import { openDatabase, openToRead, type Sync } from './open-database.ts'
import { own } from './owner.ts'
import { Pending } from './pending.ts'
import { type RowRecord, STATUS_AT, toColumns, toRow } from './rows.ts'
import { SEQ_MAX } from './schema.ts'
import { createStatements, RECORDS_MANY, RECORDS_READ, type Statements } from './statements.ts'

/** Of a record of the log: the number of its run, its first event, its text and the checksum of that. */
type LogColumns = readonly [number, number, string, number]

/** Larger values make small commits slow. */
const SPILL_BYTES_MIN = 16_384

/** Opens the store in the file `path`, which is made where there is none. */
export function openSqliteStore(path: string, sync: Sync = 'full'): Store {
  try {
    return openOwned(path, sync, own(path))
  } catch (cause) {
    throw notOpened(path, cause)
  }
}

function openOwned(path: string, sync: Sync, giveUp: () => void): Store {
  try {
    return storeOn(path, openDatabase(path, sync), giveUp)
  } catch (error) {
    giveUp()
    throw error
  }
}

/** Reads a file that another process may own; `null` where there is nothing in it yet. */
export function readSqliteStore(path: string): Store | null {
  try {
    const db = openToRead(path)
    return db === null ? null : storeOn(path, db, () => undefined)
  } catch (cause) {
    throw notOpened(path, cause)
  }
}

function notOpened(path: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const isDamaged = isErrorOf(cause, SQLITE_CORRUPT) || isErrorOf(cause, SQLITE_NOTADB)
  const code = isDamaged ? 'STORE_DAMAGED' : 'STORE_FAILED'
  return new StoreError(code, `Cannot open ${path}: ${messageOf(cause)}`, { cause })
}

function storeOn(place: string, db: DatabaseSync, giveUp: () => void): Store {
  const sql = createStatements(db)
  const pending = new Pending(sql)
  const numbers = new Map<string, number>()

  function numberOf(run: string): number | null {
    const known = numbers.get(run)
    if (known !== undefined) return known
    const found = sql.runNumber.get(run)?.['number']
    if (typeof found !== 'number') return null
    numbers.set(run, found)
    return found
  }

  function append(batch: readonly Append[]): void {
    try {
      const isOne = isOneRecord(batch)
      if (!isOne) db.exec('BEGIN IMMEDIATE')
      writeRecords(batch.flatMap((one) => appendOne(one) ?? []))
      if (!isOne) db.exec('COMMIT')
    } catch (cause) {
      rollBack(cause)
    }
    pending.settle(batch.flatMap(({ run, events: added }) => (added.length > 0 ? run : [])))
  }

  /** A statement by itself is a transaction. */
  function isOneRecord(batch: readonly Append[]): boolean {
    const [one] = batch
    return batch.length === 1 && one?.row === null && !pending.mayWrite(one.run, one.events)
  }

  function rollBack(cause: unknown): never {
    if (db.isTransaction) db.exec('ROLLBACK')
    numbers.clear()
    pending.doubt()
    throw failure(cause)
  }

  /** Writes all but the record of the log, which it answers. */
  function appendOne({ run, firstSeq, events: added, row }: Append): { readonly columns: LogColumns } | null {
    if (row !== null) putRow(row, added[0]?.kind === 'run-started')
    const number = numberOf(run)
    if (number === null || added.length === 0) return null
    pending.write(run, number, added)
    const text = encodeEvents(added)
    if (firstSeq + added.length > SEQ_MAX) throw new Error(`run ${run} has more events than a log can hold: ${SEQ_MAX}`)
    if (row !== null && row.endedAtMs !== null) numbers.delete(run)
    return { columns: [number, firstSeq, text, crc32(text)] }
  }

  function writeRecords(records: readonly { readonly columns: LogColumns }[]): void {
    for (let at = 0; at < records.length; at += RECORDS_MANY) {
      const some = records.slice(at, at + RECORDS_MANY)
      if (some.length === RECORDS_MANY) sql.appendMany.run(...some.flatMap(({ columns }) => columns))
      else for (const { columns } of some) sql.append.run(...columns)
    }
  }

  /** What a run was given stays; how it stands changes. */
  function putRow(row: RunRow, isNew: boolean): void {
    const columns = toColumns(row)
    const number = isNew ? null : numberOf(row.id)
    if (number === null) {
      numbers.set(row.id, Number(sql.putRun.run(...columns).lastInsertRowid))
      return
    }
    const [status, , endedAtMs, wait, resumes, , sum] = columns.slice(STATUS_AT)
    sql.changeRun.run(status ?? null, endedAtMs ?? null, wait ?? null, resumes ?? null, sum ?? null, number)
  }

  function events(run: string, fromSeq: number, enough = Number.POSITIVE_INFINITY): readonly Event[] {
    const number = numberOf(run)
    if (number === null) return []
    // Who follows a run asks again and again: what lies before the record with the first of these events is not read.
    let next = fromSeq === 0 ? 0 : Number(sql.recordWith.get(number, number, Math.min(fromSeq, SEQ_MAX))?.['seq'] ?? 0)
    const read: Event[] = []
    for (;;) {
      const records = sql.records.all(number, next, number)
      for (const { seq, text, sum } of records) {
        if (typeof text !== 'string' || crc32(text) !== sum || seq !== next)
          throw damaged(`The log of run ${run} is damaged from event ${next} on`)
        const found = decodeEvents(text)
        for (const event of next < fromSeq ? found.slice(fromSeq - next) : found) read.push(event)
        next += found.length
        if (read.length >= enough) return read
      }
      if (records.length < RECORDS_READ) return read
    }
  }

  function readPlan(id: string): Plan | null {
    const record = sql.getPlan.get(id)
    if (record === undefined) return null
    const { text, sum } = record
    if (typeof text !== 'string' || crc32(text) !== sum) throw damaged(`The plan ${id} is damaged`)
    const plan: Plan = JSON.parse(text)
    return plan
  }

  function readBlob(hash: string): string | null {
    const text = sql.getBlob.get(hash)?.['text']
    if (typeof text !== 'string') return null
    if (sha256(text) !== hash) throw damaged(`The blob ${hash} is damaged`)
    return text
  }

  return {
    traits: { durable: true, instant: false, spillBytesMin: SPILL_BYTES_MIN },
    place,
    putPlan: (id, plan) => pending.putPlan(id, plan),
    getPlan: (id) => pending.plan(id) ?? reading(() => readPlan(id)),
    append,
    events: (run, fromSeq, enough) => reading(() => events(run, fromSeq, enough)),
    getRun: (id) => toRow(sql.getRun.get(id)),
    findByKey: (key) => toRow(sql.findByKey.get(key)),
    listRuns: (query, passOver) => rowsOf(sql.listRuns.all({ ...named(query), limit: query.limit }), passOver),
    countRuns: (query) => countsOf(sql, query),
    openRuns: (passOver) => rowsOf(sql.openRuns.all(), passOver),
    putBlob: (hash, text, run) => pending.putBlob(hash, text, run),
    getBlob(hash, run) {
      if (run !== null) pending.use(hash, run)
      return pending.blob(hash) ?? reading(() => readBlob(hash))
    },
    forget(keep, nowMs) {
      let count: number | null = null
      try {
        count = forgetRuns(db, sql, keep, nowMs)
        return count
      } catch (cause) {
        throw failure(cause)
      } finally {
        if (db.isTransaction) db.exec('ROLLBACK')
        if (count !== 0) {
          numbers.clear() // the file gives a number that is free to another run
          pending.doubt()
        }
      }
    },
    check: (mends) => checkFile(db, mends),
    close() {
      db.close()
      giveUp()
    },
  }
}

/** A disk that cannot be read says nothing about what is on it. */
function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!isErrorOf(cause, SQLITE_IOERR)) throw cause
    throw new StoreError('STORE_FAILED', `The file could not be read: ${messageOf(cause)}`, { cause })
  }
}

/** Of a full disk nothing was written, and it may be tried again; of anything else nobody knows. */
function failure(cause: unknown): StoreError {
  if (isErrorOf(cause, SQLITE_FULL))
    return new StoreError('STORE_FULL', 'The disk of the store is full', { isRetryable: true, cause })
  return new StoreError('STORE_FAILED', `The file could not be written: ${messageOf(cause)}`, { cause })
}

const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_NOTADB = 26

/** The lowest byte of a code says what kind of error it is. */
function isErrorOf(cause: unknown, kind: number): boolean {
  return cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === kind
}

function damaged(what: string): StoreError {
  return new StoreError('STORE_DAMAGED', `${what}: millrace doctor says what is whole, and millrace export saves it`)
}

function rowsOf(records: readonly RowRecord[], passOver?: PassOver): readonly RunRow[] {
  return records.flatMap((record) => {
    try {
      return toRow(record) ?? []
    } catch (error) {
      if (passOver === undefined || !(error instanceof StoreError)) throw error
      passOver(error, String(record['id']))
      return []
    }
  })
}

function named(query: RunQuery): { [name: string]: string | number | null } {
  const { flow = null, status = null, trigger = null, fromMs = null, untilMs = null, text = null } = query
  return { flow, status, trigger, fromMs, untilMs, text }
}

function countsOf(sql: Statements, query: RunQuery): ReadonlyMap<RunRowStatus, number> {
  const records = sql.countRuns.all(named(query))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table holds nothing else
  return new Map(records.map(({ status, count }) => [status as RunRowStatus, Number(count)]))
}
