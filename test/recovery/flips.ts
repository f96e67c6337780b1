// Flips one bit of a file, again and again: what is read is what was written, or it is refused.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createRng, type Rng } from '../../src/lib/rng.ts'
import { commitEnds } from '../../src/stores/sqlite/check-wal.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { LANGUAGES } from './kills.ts'
import { run, startChild } from './processes.ts'
import { readStored } from './stored.ts'

export type Flips = {
  readonly identical: number
  /** By the store, when it is opened or read. */
  readonly refused: number
  /** By whoever checks the whole file. */
  readonly found: number
  /** The last commit is taken for one that was cut off: the format cannot tell. */
  readonly last: number
  /** What was read instead of what was written. */
  readonly wrong: readonly string[]
}

/** A file as it lies there, and which part of it is damaged. */
type Sample = {
  readonly path: string
  readonly parts: readonly string[]
  readonly flipped: string
  readonly ids: Ids
  /** The same without the last commit of its write-ahead log. */
  readonly shorter: string | null
}
/** What is read where nothing is damaged. */
type Known = { readonly whole: string; readonly shorter: string | null }
/** What is asked for: everything that was there before. */
type Ids = {
  readonly runs: readonly string[]
  readonly plans: readonly string[]
  readonly blobs: readonly string[]
}

/** Flips `count` bits, one at a time: of a database, and of a write-ahead log that a killed process left. */
export async function flipBits(count: number, seed: number): Promise<Flips> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-flip-'))
  try {
    const samples = await makeSamples(folder)
    const at = join(folder, 'read.db')
    const expected = samples.map((sample): Known => {
      const { shorter } = sample
      return {
        whole: readAll(sample, at),
        shorter: shorter === null ? null : readAll({ ...sample, path: shorter }, at),
      }
    })
    const rng = createRng(seed)
    const ends = Array.from({ length: count }, (_, number) => {
      const index = number % samples.length
      const [sample, known] = [samples[index], expected[index]]
      return sample === undefined || known === undefined ? 'identical' : flipOne(sample, known, rng, folder)
    })
    const countOf = (end: string): number => ends.filter((one) => one === end).length
    return {
      identical: countOf('identical'),
      refused: countOf('refused'),
      found: countOf('found'),
      last: countOf('last'),
      wrong: ends.filter((end) => !['identical', 'refused', 'found', 'last'].includes(end)),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function makeSamples(folder: string): Promise<readonly Sample[]> {
  const [file, ledger] = [join(folder, 'runs.db'), join(folder, 'ledger')]
  for (const workload of ['chain', 'fan', 'frames'])
    for (const language of LANGUAGES) await run({ file, ledger, workload, language })
  const small = sampleOf(file, join(folder, 'small.db'), [''], '')
  await run({ file, ledger, workload: 'large', language: 'jinba' })
  const large = sampleOf(file, join(folder, 'large.db'), [''], '')
  const ready = await startChild({ file, ledger, workload: 'each', language: 'stepflow' })
  ready.go()
  await ready.said('"ended"')
  ready.child.kill('SIGKILL')
  await ready.ended()
  return [small, large, sampleOf(file, join(folder, 'cut.db'), ['', '-wal'], '-wal')]
}

function sampleOf(file: string, path: string, parts: readonly string[], flipped: string): Sample {
  copyParts(file, path, parts)
  const look = `${path}.look`
  copyParts(path, look, parts)
  const db = new DatabaseSync(look)
  const idsIn = (sql: string): readonly string[] =>
    db
      .prepare(sql)
      .all()
      .map(({ id }) => String(id))
  const ids: Ids = {
    runs: idsIn('SELECT id FROM runs'),
    plans: idsIn('SELECT id FROM plans'),
    blobs: idsIn('SELECT hash AS id FROM blobs'),
  }
  db.close()
  return { path, parts, flipped, ids, shorter: flipped === '' ? null : withoutLast(path, parts) }
}

function withoutLast(path: string, parts: readonly string[]): string {
  const shorter = `${path}.shorter`
  copyParts(path, shorter, parts)
  const bytes = readFileSync(`${shorter}-wal`)
  writeFileSync(`${shorter}-wal`, bytes.subarray(0, commitEnds(bytes).at(-2)))
  return shorter
}

function copyParts(from: string, to: string, parts: readonly string[]): void {
  for (const part of ['', '-wal', '-shm']) rmSync(to + part, { force: true })
  for (const part of parts) copyFileSync(from + part, to + part)
}

/** How it ended, or what was read instead. */
function flipOne(sample: Sample, known: Known, rng: Rng, folder: string): string {
  const damaged = { ...sample, path: join(folder, 'damaged.db') }
  copyParts(sample.path, damaged.path, sample.parts)
  const file = damaged.path + sample.flipped
  const bytes = readFileSync(file)
  const [offset, bit] = [rng.below(bytes.length), rng.below(8)]
  bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit)
  writeFileSync(file, bytes)
  try {
    const read = readAll(damaged, join(folder, 'read.db'))
    if (read === known.whole) return 'identical'
    if (read === known.shorter) return 'last'
    const place = `bit ${bit} at ${offset} of ${sample.flipped === '' ? 'the database' : 'its log'}`
    return isFound(damaged.path) ? 'found' : `${place}: ${differs(known.whole, read)}`
  } catch {
    return 'refused'
  }
}

/** All that the store gives, as text. */
function readAll({ path, parts, ids }: Sample, at: string): string {
  copyParts(path, at, parts)
  const store = openSqliteStore(at)
  try {
    return JSON.stringify([
      ids.runs.map((id) => [id, store.getRun(id), store.events(id, 0)]),
      ids.plans.map((id) => [id, store.getPlan(id)]),
      ids.blobs.map((hash) => [hash, store.getBlob(hash, null)]),
    ])
  } finally {
    void store.close()
  }
}

function isFound(path: string): boolean {
  try {
    return readStored(path).faults.length > 0
  } catch {
    return true
  }
}

function differs(known: string, read: string): string {
  let at = 0
  while (at < known.length && known[at] === read[at]) at += 1
  const around = (text: string): string => text.slice(Math.max(0, at - 80), at + 40)
  return `${around(known)} became ${around(read)}`
}
