import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createRng } from '../../lib/rng.ts'
import { commitEnds, damageOfWal } from './check-wal.ts'

/** The log of a database that was written to and not closed, and its commits: some of one page, some of several. */
function aLog(commits = 6): { readonly bytes: Buffer; readonly damageIn: (bytes: Buffer) => string | null } {
  const path = join(mkdtempSync(join(tmpdir(), 'millrace-wal-')), 'runs.db')
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE told (n INTEGER PRIMARY KEY, text TEXT)')
  const insert = db.prepare('INSERT INTO told (text) VALUES (?)')
  for (let number = 0; number < commits; number += 1) insert.run('x'.repeat(number % 2 === 0 ? 10 : 20_000))
  const copy = `${path}.copy`
  copyFileSync(`${path}-wal`, `${copy}-wal`)
  db.close()
  const damageIn = (bytes: Buffer): string | null => {
    writeFileSync(`${copy}-wal`, bytes)
    return damageOfWal(copy)
  }
  return { bytes: readFileSync(`${copy}-wal`), damageIn }
}

function flipped(bytes: Buffer, offset: number, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[offset] = (copy[offset] ?? 0) ^ (1 << bit)
  return copy
}

test('a bit that flips in a write-ahead log is noticed wherever a later commit shows that it was whole', () => {
  const { bytes, damageIn } = aLog()
  expect(damageIn(bytes)).toBe(null)
  const ends = commitEnds(bytes)
  expect(ends.at(-1)).toBe(bytes.length)
  const rng = createRng(1)
  const places = Array.from({ length: 400 }, () => rng.below(ends.at(-2) ?? 0))
  const missed = [...places, ...Array.from({ length: 32 }, (_, offset) => offset)].filter(
    (offset) => damageIn(flipped(bytes, offset, rng.below(8))) === null,
  )
  expect(missed).toEqual([])
})

test('a log that was cut off anywhere is no damage, and neither is a last commit of which parts are missing', () => {
  const { bytes, damageIn } = aLog()
  const rng = createRng(2)
  for (let tries = 0; tries < 200; tries += 1)
    expect(damageIn(bytes.subarray(0, rng.below(bytes.length + 1)))).toBe(null)
  const from = commitEnds(bytes).at(-2) ?? 0
  for (let tries = 0; tries < 50; tries += 1) {
    const torn = Buffer.from(bytes)
    for (let at = from; at < torn.length; at += 512)
      if (rng.chance(0.5)) torn.fill(0, at, Math.min(at + 512, torn.length))
    expect(damageIn(torn)).toBe(null)
  }
})

test('a log that was begun anew over an older one is sound', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'millrace-wal-')), 'runs.db')
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE told (n INTEGER PRIMARY KEY, text TEXT)')
  const insert = db.prepare('INSERT INTO told (text) VALUES (?)')
  for (let round = 0; round < 3; round += 1) {
    for (let number = 0; number < 20 - round * 5; number += 1) insert.run('x'.repeat(5_000))
    db.exec('PRAGMA wal_checkpoint(PASSIVE)')
    insert.run('after')
    expect(damageOfWal(path)).toBe(null)
  }
  db.close()
  expect(damageOfWal(path)).toBe(null)
})
