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

/** Each is one transaction, and is never changed once it has been released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE plans (id TEXT PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL) WITHOUT ROWID, STRICT;
   CREATE TABLE blobs (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
   CREATE TABLE runs (
     number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT, plan TEXT NOT NULL, flow TEXT,
     language TEXT NOT NULL, trigger TEXT NOT NULL, status TEXT NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER,
     wait TEXT, resumes INTEGER NOT NULL, given TEXT NOT NULL, sum INTEGER NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX runs_key ON runs (key) WHERE key IS NOT NULL;
   CREATE INDEX runs_open ON runs (number) WHERE ended_ms IS NULL;
   CREATE INDEX runs_ended ON runs (ended_ms) WHERE ended_ms IS NOT NULL;
   CREATE TABLE log (
     at INTEGER PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL,
     run INTEGER AS (at >> ${SEQ_BITS}), seq INTEGER AS (at & ${SEQ_MAX})
   ) STRICT;
   CREATE TABLE uses (run INTEGER NOT NULL, what TEXT NOT NULL, PRIMARY KEY (run, what)) WITHOUT ROWID, STRICT;
   CREATE INDEX uses_by_what ON uses (what);`,
]

/** Brings the file to the newest form. Each step is whole or not there. */
export function migrate(db: DatabaseSync): void {
  const version = versionOf(db)
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}

/** The form of the file; 0 where it has no tables yet. */
export function versionOf(db: DatabaseSync): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version <= MIGRATIONS.length) return version
  throw new StoreError('STORE_TOO_NEW', `The file was written by a newer version of Millrace (form ${version})`)
}
