import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RETENTION } from '../retention.ts'
import { NOTHING_GIVEN, type RunRow, type Store } from '../store.ts'
import { aPlan } from '../../testing/plans.ts'
import { sha256 } from '../../lib/hash.ts'
import { encodeEvents } from '../../core/event-codec.ts'
import type { Event } from '../../core/events.ts'
import { toColumns } from './rows.ts'
import { MIGRATIONS } from './schema.ts'
import { storeSuite } from '../store.suite.ts'
import { openSqliteStore, readSqliteStore } from './sqlite-store.ts'

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'millrace-sqlite-')), 'runs.db')

storeSuite('SQLite', () => openSqliteStore(newPath()), held)

/** Somebody else writes to the file of the store, for as long as they like. */
function held({ place }: Store): () => void {
  const other = new DatabaseSync(place ?? '')
  other.exec('BEGIN IMMEDIATE')
  return () => other.close()
}

const row: RunRow = {
  id: 'a',
  plan: 'p',
  key: null,
  flow: null,
  language: 'plan',
  trigger: 'manual',
  status: 'running',
  startedAtMs: 1,
  endedAtMs: null,
  waitsFor: null,
  resumes: 0,
  given: NOTHING_GIVEN,
}

test('what was stored is there when the file is opened again', async () => {
  const path = newPath()
  const before = openSqliteStore(path)
  await before.putBlob(sha256('"large"'), '"large"', 'a')
  await before.append([{ run: 'a', firstSeq: 0, events: [{ kind: 'run-resumed', atMs: 7 }], row }])
  await before.close()
  const after = openSqliteStore(path)
  expect(await after.events('a', 0)).toEqual([{ kind: 'run-resumed', atMs: 7 }])
  expect(await after.openRuns()).toEqual([row])
  expect(await after.getBlob(sha256('"large"'), null)).toBe('"large"')
  await after.close()
})

test.each([
  ['opened', (path: string): Store => openSqliteStore(path)],
  ['read', (path: string): Store | null => readSqliteStore(path)],
])('a file of the first form has all its runs when it is %s', async (_, open) => {
  const path = newPath()
  const old = new DatabaseSync(path)
  old.exec(`PRAGMA journal_mode = WAL; ${MIGRATIONS[0] ?? ''} PRAGMA user_version = 1`)
  const put = old.prepare(`INSERT INTO runs VALUES (?${', ?'.repeat(13)})`)
  const events: readonly Event[] = [
    { kind: 'run-resumed', atMs: 7 },
    { kind: 'run-resumed', atMs: 8 },
  ]
  const rows = [row, { ...row, id: 'b', key: 'k' }]
  for (const [index, one] of rows.entries()) {
    put.run(index + 1, ...toColumns(one))
    for (const [seq, event] of events.entries()) {
      const text = encodeEvents([event])
      old.prepare('INSERT INTO log VALUES (?, ?, ?, ?)').run(index + 1, seq, text, crc32(text))
    }
  }
  old.close()
  const store = open(path)
  expect(await store?.openRuns()).toEqual(rows)
  expect(await store?.findByKey('k')).toEqual(rows[1])
  for (const { id } of rows) expect([id, await store?.events(id, 0)]).toEqual([id, events])
  const missing = { what: 'its plan p is missing', is: 'named' }
  expect(await store?.check(false)).toMatchObject(rows.map(() => missing))
  await store?.close()
})

test('a second opener is told who has the file, in this process and in another', async () => {
  const path = newPath()
  const store = openSqliteStore(path)
  expect(() => openSqliteStore(path)).toThrow(`it is in use by process ${process.pid}`)
  const other = `import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-store.ts'))}
    try { openSqliteStore(${JSON.stringify(path)}) } catch (error) { console.log(error.code) }`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', other], { encoding: 'utf8' })
  expect(stdout.trim()).toBe('STORE_IN_USE')
  await store.close()
  await openSqliteStore(path).close()
})

test.each([
  ['runs.db', 'STORE_DAMAGED'],
  ['runs.db.lock', 'STORE_FAILED'],
])('a file that cannot be opened is no file that is in use: %s', (name, code) => {
  const path = newPath()
  writeFileSync(join(path, '..', name), 'no database')
  expect(() => openSqliteStore(path)).toThrow(
    expect.objectContaining({ code, message: `Cannot open ${path}: file is not a database` }),
  )
})

test('a log that was damaged is refused, never read wrong', async () => {
  const path = newPath()
  const store = openSqliteStore(path)
  await store.append([{ run: 'a', firstSeq: 0, events: [{ kind: 'run-resumed', atMs: 7 }], row }])
  await store.close()
  const db = new DatabaseSync(path)
  db.exec(`UPDATE log SET text = replace(text, '7', '8')`)
  db.close()
  const damaged = openSqliteStore(path)
  expect(() => damaged.events('a', 0)).toThrow('The log of run a is damaged from event 0 on')
  await damaged.close()
})

test('a log that lacks a record is refused, and so is a blob that is not what was put', async () => {
  const path = newPath()
  const store = openSqliteStore(path)
  await store.putBlob(sha256('"large"'), '"large"', 'a')
  for (const firstSeq of [0, 1, 2])
    await store.append([{ run: 'a', firstSeq, events: [{ kind: 'run-resumed', atMs: 7 }], row }])
  await store.close()
  const db = new DatabaseSync(path)
  db.exec(`DELETE FROM log WHERE seq = 1; UPDATE blobs SET text = '"larger"'`)
  db.close()
  const damaged = openSqliteStore(path)
  expect(() => damaged.events('a', 0)).toThrow('The log of run a is damaged from event 1 on')
  expect(() => damaged.getBlob(sha256('"large"'), null)).toThrow('is damaged')
  await damaged.close()
})

test('a write-ahead log that was damaged is refused: what was committed after would be lost without a word', () => {
  const path = newPath()
  const work = `import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-store.ts'))}
    const store = openSqliteStore(${JSON.stringify(path)})
    const row = ${JSON.stringify(row)}
    for (const firstSeq of [0, 1, 2, 3]) store.append([{ run: 'a', firstSeq, events: [{ kind: 'run-resumed', atMs: 7 }], row }])
    process.kill(process.pid, 'SIGKILL')`
  spawnSync(process.execPath, ['--input-type=module', '-e', work])
  const log = readFileSync(`${path}-wal`)
  log.writeUInt8(log.readUInt8(100) ^ 4, 100)
  writeFileSync(`${path}-wal`, log)
  expect(() => readSqliteStore(path)).toThrow('its write-ahead log is damaged: frame 1 of')
  expect(() => openSqliteStore(path)).toThrow('its write-ahead log is damaged: frame 1 of')
})

test('a file of a newer version is refused', () => {
  const path = newPath()
  const db = new DatabaseSync(path)
  db.exec('PRAGMA user_version = 99')
  db.close()
  expect(() => openSqliteStore(path)).toThrow('newer version')
})

test('a trivial step takes at most 200 bytes of the file', async () => {
  const path = newPath()
  const store = openSqliteStore(path)
  const steps = 2_000
  await store.append([{ run: 'a', firstSeq: 0, events: [], row }])
  for (let step = 0; step < steps; step += 1)
    await store.append([
      {
        run: 'a',
        firstSeq: step * 2,
        events: [
          { kind: 'step-succeeded', atMs: 1_764_000_000_000, frame: 0, step, output: { v: step } },
          { kind: 'step-started', atMs: 1_764_000_000_000, frame: 0, step: step + 1, items: -1 },
        ],
        row: null,
      },
    ])
  await store.close()
  expect(statSync(path).size / steps).toBeLessThan(200)
})

test('a copy of the file alone holds what was stored when the owner closed it', async () => {
  const path = newPath()
  const store = openSqliteStore(path)
  await store.append([{ run: 'a', firstSeq: 0, events: [], row }])
  await store.close()
  const copy = newPath()
  copyFileSync(path, copy)
  const opened = openSqliteStore(copy)
  expect(await opened.getRun('a')).toEqual(row)
  await opened.close()
})

test('others read while one process owns the file, and cannot write', async () => {
  const path = newPath()
  expect(readSqliteStore(path)).toBeNull()
  const owner = openSqliteStore(path)
  await owner.append([{ run: 'a', firstSeq: 0, events: [{ kind: 'run-resumed', atMs: 7 }], row }])
  const reader = readSqliteStore(path)
  expect(await reader?.getRun('a')).toEqual(row)
  expect(() => reader?.append([{ run: 'a', firstSeq: 1, events: [], row }])).toThrow('could not be written')
  await owner.append([{ run: 'a', firstSeq: 1, events: [{ kind: 'run-resumed', atMs: 8 }], row: null }])
  expect(await reader?.events('a', 1)).toEqual([{ kind: 'run-resumed', atMs: 8 }])
  await reader?.close()
  await owner.close()
  expect(await readSqliteStore(path)?.getRun('a')).toEqual(row)
})

test('a blob and a plan live as long as a run that needs them', async () => {
  const store = openSqliteStore(newPath())
  const hash = sha256('"large"')
  const put = async (id: string, endedAtMs: number): Promise<void> => {
    await store.putPlan('p', aPlan([]))
    await store.putBlob(hash, '"large"', id)
    const events = [{ kind: 'run-started', atMs: 1, plan: 'p', input: null, variables: {} }] as const
    await store.append([{ run: id, firstSeq: 0, events, row: { ...row, id, status: 'completed', endedAtMs } }])
  }
  await put('a', 10)
  await put('b', 90)
  expect(await store.forget({ ...RETENTION, runsMs: 50 }, 100)).toBe(1)
  expect(await store.getBlob(hash, null)).toBe('"large"')
  expect(await store.forget({ ...RETENTION, runsMs: 5 }, 100)).toBe(1)
  expect(await store.getBlob(hash, null)).toBeNull()
  await put('c', 99) // what was forgotten is stored anew
  expect(await store.getBlob(hash, null)).toBe('"large"')
  await store.close()
})

test('of a flow, and of all, as many ended runs are kept as may be: the newest', async () => {
  const store = openSqliteStore(newPath())
  for (let number = 1; number <= 6; number += 1) {
    const ended: RunRow = { ...row, id: String(number), status: 'completed', endedAtMs: number }
    const flow = number % 2 === 0 ? 'even' : 'odd'
    await store.append([{ run: ended.id, firstSeq: 0, events: [], row: { ...ended, flow } }])
  }
  const kept = async (): Promise<readonly string[]> => (await store.listRuns({ limit: 9 })).map(({ id }) => id)
  const flows = { even: { runsMax: 1 }, odd: {} }
  const keep = { ...RETENTION, runsMs: Number.POSITIVE_INFINITY }
  expect(await store.forget({ ...keep, flows }, 100)).toBe(2)
  expect(await kept()).toEqual(['6', '5', '3', '1'])
  expect(await store.forget({ ...keep, flows, runsMax: 2 }, 100)).toBe(2)
  expect(await kept()).toEqual(['6', '5'])
  await store.close()
})

test('of several flows that have too many runs the oldest go first, a share at a time', async () => {
  const store = openSqliteStore(newPath())
  const ended = { ...row, status: 'completed' } as const
  const rows = Array.from({ length: 600 }, (_, at): RunRow => {
    const flow = at < 5 ? 'early' : 'late'
    return { ...ended, id: `${at}`, key: null, flow, endedAtMs: at }
  })
  await store.append(rows.map((one) => ({ run: one.id, firstSeq: 0, events: [], row: one })))
  const keep = { ...RETENTION, runsMs: Number.POSITIVE_INFINITY }
  const flows = { late: { runsMax: 10 }, early: { runsMax: 1 } }
  expect(await store.forget({ ...keep, flows }, 1_000)).toBe(500)
  expect((await store.listRuns({ limit: 9, flow: 'early' })).map(({ id }) => id)).toEqual(['4'])
  expect(await store.forget({ ...keep, flows }, 1_000)).toBe(89)
  expect(await store.countRuns({ limit: 1 })).toEqual(new Map([['completed', 11]]))
  await store.close()
})

test('a damaged row is refused, and so is a damaged blob', async () => {
  const path = newPath()
  const store = openSqliteStore(path)
  await store.putBlob(sha256('"large"'), '"large"', 'a')
  await store.append([{ run: 'a', firstSeq: 0, events: [{ kind: 'run-resumed', atMs: 7 }], row }])
  await store.close()
  const db = new DatabaseSync(path)
  db.exec(`UPDATE runs SET started_ms = 2; UPDATE blobs SET text = '"larger"'`)
  db.close()
  const damaged = openSqliteStore(path)
  expect(() => damaged.getRun('a')).toThrow('The row of run a is damaged')
  expect(() => damaged.getBlob(sha256('"large"'), null)).toThrow('is damaged')
  await damaged.close()
})
