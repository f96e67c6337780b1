// What SQLite allows: the same graph by hand; one row when a run begins, one for each step, one update at its end. WAL, FULL sync where nothing else is said.
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Json } from '../src/lib/json.ts'
import { COMPONENTS, type Workload } from './workloads.ts'

/**
 * `each`: every row is a commit, and what comes next waits for it. `zeroed`: the same, and the log was laid down filled with
 * zeros, so that no commit makes it longer. `group`: one transaction for each turn of the event loop.
 */
export type LimitKind = 'each' | 'zeroed' | 'group'

/** `normal`: the log is synced when it is written back only, and a power cut loses what came after. */
export type Sync = 'full' | 'normal'

export type SqliteLimit = {
  run(workload: Workload): Promise<Json>
  /** Rows that are there. */
  count(): { readonly runsEnded: number; readonly steps: number }
  close(): void
}

/** A log is started again at 1,000 pages of 4 KiB. */
const LOG_BYTES = 8 * 2 ** 20

export function openSqliteLimit(path: string, kind: LimitKind, sync: Sync = 'full'): SqliteLimit {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${sync}`)
  db.exec('CREATE TABLE runs (number INTEGER PRIMARY KEY, ended INTEGER NOT NULL)')
  db.exec('CREATE TABLE steps (run INTEGER NOT NULL, step INTEGER NOT NULL, output TEXT NOT NULL)')
  if (kind === 'zeroed') zeroLog(db, path)
  const begin = db.prepare('INSERT INTO runs (number, ended) VALUES (?, 0)')
  const keep = db.prepare('INSERT INTO steps (run, step, output) VALUES (?, ?, ?)')
  const end = db.prepare('UPDATE runs SET ended = 1 WHERE number = ?')
  let rows: (() => void)[] = []
  let committed: Promise<void> | null = null
  let runs = 0

  function write(row: () => void): void | Promise<void> {
    if (kind !== 'group') return row()
    rows.push(row)
    committed ??= new Promise((resolve) => setImmediate(() => resolve(commit())))
    return committed
  }

  function commit(): void {
    const gathered = rows
    rows = []
    committed = null
    db.exec('BEGIN')
    for (const row of gathered) row()
    db.exec('COMMIT')
  }

  async function run({ limit }: Workload): Promise<Json> {
    const number = (runs += 1)
    let steps = 0
    const kept =
      <Input, Output>(does: (input: Input) => Promise<Output>) =>
      async (input: Input): Promise<Output> => {
        const output = await does(input)
        const step = steps++
        await write(() => void keep.run(number, step, JSON.stringify(output)))
        return output
      }
    await write(() => void begin.run(number))
    const result = await limit({
      '/inc': kept(COMPONENTS['/inc']),
      '/add': kept(COMPONENTS['/add']),
      '/double': kept(COMPONENTS['/double']),
      '/max': kept(COMPONENTS['/max']),
      '/sum': kept(COMPONENTS['/sum']),
      '/next': kept(COMPONENTS['/next']),
      '/same': kept(COMPONENTS['/same']),
    })
    await write(() => void end.run(number))
    return result
  }

  return {
    run,
    count: () => ({
      runsEnded: countOf(db, 'SELECT count(*) AS count FROM runs WHERE ended = 1'),
      steps: countOf(db, 'SELECT count(*) AS count FROM steps'),
    }),
    close: () => db.close(),
  }
}

/** The only number that a query answers. */
export function countOf(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.['count'])
}

function zeroLog(db: DatabaseSync, path: string): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const log = openSync(`${path}-wal`, 'r+')
  writeSync(log, Buffer.alloc(LOG_BYTES))
  fsyncSync(log)
  closeSync(log)
}
