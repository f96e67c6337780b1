// One process owns a file. The lock is a transaction on a file beside it: the system itself gives it back when the process dies.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { messageOf } from './message-of.ts'

/** SQLite's word for a lock that somebody else has. */
const SQLITE_BUSY = 5

/** Takes hold of `path`; the answer gives it back. */
export function own(path: string): () => void {
  const note = `${path}.owner`
  const lock = tryLock(path)
  if (lock === null)
    throw new StoreError('STORE_IN_USE', `Cannot open ${path}: it is in use by ${ownerOf(note)}`, { isRetryable: true })
  writeFileSync(note, `process ${process.pid}\n`)
  return () => lock.close()
}

/** Whether a process has hold of `path`. Who takes hold at the very moment of a look may be refused: look seldom. */
export function isOwned(path: string): boolean {
  if (!existsSync(`${path}.lock`)) return false
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0, readOnly: true })
  try {
    lock.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    return isBusy(error)
  } finally {
    lock.close()
  }
}

function tryLock(path: string): DatabaseSync | null {
  const lock = openLock(path)
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    if (isBusy(cause)) return null
    throw new StoreError('STORE_FAILED', `Cannot open ${path}: ${messageOf(cause)}`, { cause })
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(`${path}.lock`, { timeout: 0 })
  } catch (cause) {
    throw new StoreError('STORE_UNREADABLE', `Cannot open ${path}: ${messageOf(cause)}`, { cause })
  }
}

function ownerOf(note: string): string {
  try {
    return readFileSync(note, 'utf8').trim()
  } catch {
    return 'another process'
  }
}
