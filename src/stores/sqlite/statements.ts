// All that is ever said to the database. Values are bound, never written into the text.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { SEQ_BITS } from './schema.ts'

/** Which runs a query names; each part is off where its value is NULL. */
const NAMED = `(:flow IS NULL OR flow = :flow) AND (:status IS NULL OR status = :status)
  AND (:trigger IS NULL OR trigger = :trigger) AND (:fromMs IS NULL OR started_ms >= :fromMs)
  AND (:untilMs IS NULL OR started_ms < :untilMs)
  AND (:text IS NULL OR instr(id, :text) OR instr(coalesce(key, ''), :text) OR instr(coalesce(flow, ''), :text))`

/** Records that one statement writes where there are so many: it takes two thirds of the time of as many statements. */
export const RECORDS_MANY = 16

/** Records that are read at once. It is in the text, as SQLite plans a statement anew whenever the number in its LIMIT is bound. */
export const RECORDS_READ = 8

/** Keys of the log: of a run's record with this first event, of the first it can have, and what is after its last. */
const AT = `((? << ${SEQ_BITS}) | ?)`
const FIRST = `(? << ${SEQ_BITS})`
const AFTER = `((? + 1) << ${SEQ_BITS})`

/** All of a run's records; its number is given twice. */
export const RECORDS_OF = `SELECT seq, text, sum FROM log WHERE at >= ${FIRST} AND at < ${AFTER} ORDER BY at`

const SQL = {
  putPlan: 'INSERT OR IGNORE INTO plans (id, text, sum) VALUES (?, ?, ?)',
  getPlan: 'SELECT text, sum FROM plans WHERE id = ?',
  putBlob: 'INSERT OR IGNORE INTO blobs (hash, text) VALUES (?, ?)',
  getBlob: 'SELECT text FROM blobs WHERE hash = ?',
  putUse: 'INSERT OR IGNORE INTO uses (run, what) VALUES (?, ?)',
  putRun: `INSERT INTO runs (id, key, plan, flow, language, trigger, status, started_ms, ended_ms, wait, resumes, given, sum)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  changeRun: 'UPDATE runs SET status = ?, ended_ms = ?, wait = ?, resumes = ?, sum = ? WHERE number = ?',
  runNumber: 'SELECT number FROM runs WHERE id = ?',
  getRun: 'SELECT * FROM runs WHERE id = ?',
  findByKey: 'SELECT * FROM runs WHERE key = ?',
  listRuns: `SELECT * FROM runs WHERE ${NAMED} ORDER BY number DESC LIMIT :limit`,
  countRuns: `SELECT status, count(*) AS count FROM runs WHERE ${NAMED} GROUP BY status`,
  openRuns: 'SELECT * FROM runs WHERE ended_ms IS NULL ORDER BY number',
  append: `INSERT INTO log (at, text, sum) VALUES (${AT}, ?, ?)`,
  appendMany: `INSERT INTO log (at, text, sum) VALUES ${Array(RECORDS_MANY).fill(`(${AT}, ?, ?)`).join(', ')}`,
  records: `SELECT seq, text, sum FROM log WHERE at >= ${AT} AND at < ${AFTER} ORDER BY at LIMIT ${RECORDS_READ}`,
  recordWith: `SELECT seq FROM log WHERE at >= ${FIRST} AND at <= ${AT} ORDER BY at DESC LIMIT 1`,
  // The first bound is for the index: runs that ended after the newest of all bounds are not read.
  oldRuns: `WITH own AS MATERIALIZED (SELECT value ->> 'flow' AS its_flow, value ->> 'status' AS its_status,
              value ->> 'beforeMs' AS before_ms FROM json_each(:own))
            SELECT number FROM runs LEFT JOIN own ON its_flow = flow AND its_status = status WHERE ended_ms < :newest
            AND ended_ms < coalesce(before_ms,
              CASE status WHEN 'failed' THEN :failed WHEN 'cancelled' THEN :cancelled ELSE :completed END)
            ORDER BY ended_ms LIMIT :limit`,
  // There is no index on flows: it would cost each end of a run more than these looks at all of them.
  countByFlow: `SELECT flow, count(*) AS count FROM runs WHERE ended_ms IS NOT NULL
                AND flow IN (SELECT value FROM json_each(?)) GROUP BY flow`,
  oldestOfFlows: `SELECT number, flow FROM runs WHERE ended_ms IS NOT NULL
                  AND flow IN (SELECT value FROM json_each(?)) ORDER BY ended_ms`,
  oldestRuns: 'SELECT number FROM runs WHERE ended_ms IS NOT NULL ORDER BY ended_ms LIMIT ?',
  countEnded: 'SELECT count(*) AS count FROM runs WHERE ended_ms IS NOT NULL',
  pages: `SELECT (page_count - freelist_count) * page_size AS bytes
          FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
  usesOf: 'SELECT what FROM uses WHERE run = ?',
  dropUses: 'DELETE FROM uses WHERE run = ?',
  dropLog: `DELETE FROM log WHERE at >= ${FIRST} AND at < ${AFTER}`,
  dropRun: 'DELETE FROM runs WHERE number = ?',
  isUsed: 'SELECT 1 FROM uses WHERE what = ? LIMIT 1',
  dropBlob: 'DELETE FROM blobs WHERE hash = ?',
  dropPlans: 'DELETE FROM plans WHERE id NOT IN (SELECT plan FROM runs) AND id NOT IN (SELECT what FROM uses)',
} as const

export type Statements = { readonly [name in keyof typeof SQL]: StatementSync }

/** Each is prepared when it is first asked for: a short run needs few of them. */
export function createStatements(db: DatabaseSync): Statements {
  const prepared: { [name: string]: StatementSync } = {}
  for (const [name, text] of Object.entries(SQL)) {
    Object.defineProperty(prepared, name, {
      configurable: true,
      get(): StatementSync {
        const value = db.prepare(text)
        Object.defineProperty(prepared, name, { value })
        return value
      },
    })
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one statement for each name
  return prepared as Statements
}
