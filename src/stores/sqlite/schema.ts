// The tables of a store in one file, and how an older file becomes a newer one.
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'

/**
 * A record of the log is found by its key: the number of its run, then the number of its first event in so many bits. One tree in
 * place of a table and its index: a commit of one record changes one page.
 */
export const SEQ_BITS = 28
/** Events of a run, which is more than memory holds; 2³⁵ runs are left. */
export const SEQ_MAX = 2 ** SEQ_BITS - 1

/** From one form to the next; none is changed once it has been released. The first makes the tables. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE plans (id TEXT PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL) WITHOUT ROWID, STRICT;
   CREATE TABLE blobs (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
   CREATE TABLE runs (
     number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT UNIQUE, plan TEXT NOT NULL, flow TEXT,
     language TEXT NOT NULL, trigger TEXT NOT NULL, status TEXT NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER,
     wait TEXT, resumes INTEGER NOT NULL, given TEXT NOT NULL, sum INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX runs_open ON runs (number) WHERE ended_ms IS NULL;
   CREATE INDEX runs_ended ON runs (ended_ms) WHERE ended_ms IS NOT NULL;
   CREATE TABLE log (run INTEGER NOT NULL, seq INTEGER NOT NULL, text TEXT NOT NULL, sum INTEGER NOT NULL) STRICT;
   CREATE INDEX log_by_run ON log (run, seq);
   CREATE TABLE uses (run INTEGER NOT NULL, what TEXT NOT NULL, PRIMARY KEY (run, what)) WITHOUT ROWID, STRICT;
   CREATE INDEX uses_by_what ON uses (what);`,
  // A record is found by its key, and a run without a key of its own is in no index of keys.
  `CREATE TABLE records (
     at INTEGER PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL,
     run INTEGER AS (at >> ${SEQ_BITS}), seq INTEGER AS (at & ${SEQ_MAX})
   ) STRICT;
   INSERT OR IGNORE INTO records (at, text, sum) SELECT (run << ${SEQ_BITS}) | seq, text, sum FROM log ORDER BY run, seq;
   DROP TABLE log;
   ALTER TABLE records RENAME TO log;
   CREATE TABLE moved (
     number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT, plan TEXT NOT NULL, flow TEXT,
     language TEXT NOT NULL, trigger TEXT NOT NULL, status TEXT NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER,
     wait TEXT, resumes INTEGER NOT NULL, given TEXT NOT NULL, sum INTEGER NOT NULL
   ) STRICT;
   INSERT INTO moved SELECT * FROM runs;
   DROP TABLE runs;
   ALTER TABLE moved RENAME TO runs;
   CREATE UNIQUE INDEX runs_key ON runs (key) WHERE key IS NOT NULL;
   CREATE INDEX runs_open ON runs (number) WHERE ended_ms IS NULL;
   CREATE INDEX runs_ended ON runs (ended_ms) WHERE ended_ms IS NOT NULL;`,
]

export const NEWEST_FORM = MIGRATIONS.length

/** Brings the file to the newest form, in one transaction. */
export function migrate(db: DatabaseSync): void {
  const version = versionOf(db)
  if (version === NEWEST_FORM) return
  const steps = MIGRATIONS.slice(version).join('\n')
  db.exec(`BEGIN IMMEDIATE; ${steps} PRAGMA user_version = ${NEWEST_FORM}; COMMIT`)
  // What was moved is in the write-ahead log too, which must not stay as large as the file.
  if (version > 0) db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** The form of the file; 0 where it has no tables yet. */
export function versionOf(db: DatabaseSync): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version <= NEWEST_FORM) return version
  throw new StoreError('STORE_TOO_NEW', `The file was written by a newer version of Millrace (form ${version})`)
}
