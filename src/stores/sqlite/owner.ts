// One process owns a file. The lock is a transaction on a file beside it: the system itself gives it back when the process dies.
import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'

/** SQLite's word for a lock that somebody else has. */
const SQLITE_BUSY = 5

/** Takes hold of `path`; the answer gives it back. */
export function own(path: string): () => void {
  const note = `${path}.owner`
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    writeFileSync(note, `process ${process.pid}\n`)
  } catch (cause) {
    lock.close()
    if (!isBusy(cause)) throw cause
    const message = `Cannot open ${path}: it is in use by ${ownerOf(note)}`
    throw new StoreError('STORE_IN_USE', message, { isRetryable: true, cause })
  }
  return () => lock.close()
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

function ownerOf(note: string): string {
  try {
    return readFileSync(note, 'utf8').trim()
  } catch {
    return 'another process'
  }
}
