// What a file holds, read as it lies there: nothing is repaired, resumed or written.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { checkLog, type LogRecord } from '../../src/core/check-log.ts'
import { decodeEvents } from '../../src/core/event-codec.ts'
import type { Event } from '../../src/core/events.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { planId } from '../../src/plan/hash.ts'
import { link, type Program } from '../../src/plan/link.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { parts } from '../../src/parts.ts'

export type StoredRun = {
  readonly id: string
  readonly key: string
  readonly status: string
  readonly events: readonly Event[]
  /** The program of each frame that the log opened, the run's own as 0. */
  readonly frames: ReadonlyMap<number, Program>
}

/** The runs of a file, by key, and everything that is wrong with them. */
export type Stored = { readonly runs: ReadonlyMap<string, StoredRun>; readonly faults: readonly string[] }

/** Reads a copy of the file with its write-ahead log: reading the file itself would change it. */
export function readStored(file: string): Stored {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-read-'))
  const copy = join(folder, 'runs.db')
  try {
    for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
    const db = new DatabaseSync(copy)
    try {
      return readDatabase(db)
    } finally {
      db.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Row = {
  readonly number: number
  readonly id: string
  readonly key: string
  readonly plan: string
  readonly status: string
  readonly ended_ms: number | null
}

function readDatabase(db: DatabaseSync): Stored {
  const { integrity_check: integrity } = db.prepare('PRAGMA integrity_check').get() ?? {}
  const faults: string[] = integrity === 'ok' ? [] : [`integrity_check: ${String(integrity)}`]
  // A process that is killed while it makes the file leaves one without tables.
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version === 0) return { runs: new Map(), faults }
  const programs = readPrograms(db, faults)
  for (const { hash, text } of db.prepare('SELECT hash, text FROM blobs').iterate() as Iterable<{
    hash: string
    text: string
  }>)
    if (sha256(text) !== hash) faults.push(`blob ${hash} is not what was put`)
  const runs = new Map<string, StoredRun>()
  for (const row of db.prepare('SELECT * FROM runs ORDER BY number').all() as unknown as Row[]) {
    const { id, key, plan, status, ended_ms: endedAtMs } = row
    const records = readRecords(db, row, faults)
    for (const { code, message, seq } of checkLog({ row: { plan, status, endedAtMs }, records, programs }))
      faults.push(`${key}: ${code} at event ${seq}: ${message}`)
    const events = records.flatMap((record) => record.events)
    runs.set(key, { id, key, status, events, frames: framesOf(plan, events, programs) })
    faults.push(...earlyTimers(events).map((fault) => `${key}: ${fault}`))
  }
  return { runs, faults }
}

function readPrograms(db: DatabaseSync, faults: string[]): ReadonlyMap<string, Program> {
  const plans = db.prepare('SELECT id, text FROM plans').all() as unknown as { id: string; text: string }[]
  return new Map(
    plans.map(({ id, text }) => {
      const plan = JSON.parse(text) as Plan
      if (planId(plan) !== id) faults.push(`plan ${id} is not what was put`)
      return [id, link(id, plan, { texts: () => parts.texts() })]
    }),
  )
}

function readRecords(db: DatabaseSync, { number, key }: Row, faults: string[]): readonly LogRecord[] {
  type Record = { readonly seq: number; readonly text: string; readonly sum: number }
  const found = db.prepare('SELECT seq, text, sum FROM log WHERE run = ? ORDER BY seq').all(number)
  return (found as unknown as Record[]).map(({ seq, text, sum }) => {
    if (crc32(text) !== sum) faults.push(`${key}: the record at event ${seq} is damaged`)
    return { seq, events: decodeEvents(text) }
  })
}

function framesOf(
  plan: string,
  events: readonly Event[],
  programs: ReadonlyMap<string, Program>,
): ReadonlyMap<number, Program> {
  const frames = new Map<number, Program>()
  const asked = new Map<string, string>()
  const open = (frame: number, id: string): void => {
    const program = programs.get(id)
    if (program !== undefined) frames.set(frame, program)
  }
  open(0, plan)
  for (const event of events) {
    if (event.kind === 'frames-asked') asked.set(`${event.frame}.${event.step}.${event.lane}`, event.plan)
    if (event.kind === 'frame-opened') open(event.child, asked.get(`${event.frame}.${event.step}.${event.lane}`) ?? '')
  }
  return frames
}

/** Sleeps that ended before their time. */
function earlyTimers(events: readonly Event[]): readonly string[] {
  const until = new Map<string, number>()
  return events.flatMap((event) => {
    if (!('step' in event)) return []
    const task = `${event.frame}.${event.step}`
    if (event.kind === 'step-waits') until.set(task, event.untilMs)
    const untilMs = until.get(task) ?? 0
    return event.kind === 'step-succeeded' && event.atMs < untilMs
      ? [`step ${task} slept until ${event.atMs} and not until ${untilMs}`]
      : []
  })
}

/** Loads what compiling templates of stored plans takes. */
export async function prepareReading(): Promise<void> {
  await Promise.all(parts.dialects.map(async (dialect) => dialect.prepare?.()))
}
