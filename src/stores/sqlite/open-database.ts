// A file as a database that is safe to write to, or one that is only read.
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { damageOfWal } from './check-wal.ts'
import { messageOf } from './message-of.ts'
import { isOwned, own } from './owner.ts'
import { migrate, NEWEST_FORM, versionOf } from './schema.ts'

/** Before it, two connections can corrupt a file. */
const VERSION_MIN = [3, 51, 3]
const BUSY_MS = 5_000

/** What a power cut can take: nothing that was answered, or with NORMAL the last commits. */
export type Sync = 'full' | 'normal'
const SYNC_NUMBERS: { readonly [name in Sync]: number } = { normal: 1, full: 2 }

/** For the process that owns it. The settings are read back: a driver may refuse them silently. */
export function openDatabase(path: string, sync: Sync): DatabaseSync {
  refuseDamage(path, damageOfWal(path))
  const db = open(path, false)
  db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${sync}`)
  const mode = db.prepare('PRAGMA journal_mode').get()?.['journal_mode']
  const synchronous = db.prepare('PRAGMA synchronous').get()?.['synchronous']
  if (mode !== 'wal' || synchronous !== SYNC_NUMBERS[sync])
    throw new StoreError(
      'STORE_UNSAFE',
      `Cannot make the file safe: journal_mode is ${String(mode)}, synchronous ${String(synchronous)}`,
    )
  migrate(db)
  return db
}

/** For everybody else; `null` where there is no file, or it has no tables yet. */
export function openToRead(path: string): DatabaseSync | null {
  if (!existsSync(path)) return null
  refuseDamage(path, damageLeft(path))
  const db = open(path, true)
  const version = versionOf(db)
  if (version === NEWEST_FORM) return db
  db.close()
  return version === 0 ? null : openRenewed(path)
}

/** An older file is brought to the newest form by whoever reads it first, unless a process of that version is still at work on it. */
function openRenewed(path: string): DatabaseSync {
  const giveUp = own(path)
  try {
    openDatabase(path, 'full').close()
  } finally {
    giveUp()
  }
  return open(path, true)
}

function refuseDamage(path: string, damage: string | null): void {
  if (damage === null) return
  throw new StoreError('STORE_DAMAGED', `Cannot open ${path}: its write-ahead log is damaged: ${damage}`)
}

/** The same of a log that nobody is at work on. One that is written to while it is read may look damaged, and was checked by its owner. */
function damageLeft(path: string): string | null {
  if (damageOfWal(path) === null || isOwned(path)) return null
  const damage = damageOfWal(path) // an owner may have come and gone
  return damage === null || isOwned(path) ? null : damage
}

function open(path: string, readOnly: boolean): DatabaseSync {
  const db = connect(path, readOnly)
  const version = String(db.prepare('SELECT sqlite_version() AS version').get()?.['version'])
  if (isOlder(version))
    throw new StoreError('STORE_UNSAFE', `SQLite ${version} is too old: ${VERSION_MIN.join('.')} is needed`)
  return db
}

function connect(path: string, readOnly: boolean): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: BUSY_MS, readOnly })
  } catch (cause) {
    throw new StoreError('STORE_UNREADABLE', `Cannot open ${path}: ${messageOf(cause)}`, { cause })
  }
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (const [index, wanted] of VERSION_MIN.entries()) {
    const part = parts[index] ?? 0
    if (part !== wanted) return part < wanted
  }
  return false
}
