// `doctor` mends what loses nothing, and names the rest.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, folderWith, millrace } from '../../src/surfaces/cli/cli.world.ts'

const FLOW = '- { id: a, tool: INPUT_TEXT, input: { value: hi } }\n'

/** A folder with two runs, and the file that they are in. */
async function withRuns(): Promise<{ readonly folder: string; readonly damage: (sql: string) => void }> {
  const folder = folderWith({ 'flow.yaml': FLOW })
  for (let runs = 0; runs < 2; runs += 1) await millrace(folder, ['run', 'flow.yaml'])
  const damage = (sql: string): void => {
    const db = new DatabaseSync(join(folder, '.millrace/runs.db'))
    db.exec(sql)
    db.close()
  }
  return { folder, damage }
}

test('a sound store has nothing to mend', { timeout: 20_000 }, async () => {
  const { folder } = await withRuns()
  expect(await millrace(folder, ['doctor'])).toMatchObject({
    status: 0,
    stdout: '.millrace/runs.db: 2 runs, nothing is wrong\n',
  })
})

test.each([
  [
    'records that no run has',
    'INSERT INTO log (at, text, sum) VALUES (99 << 28, "[]", 1)',
    'records of a log of no run: 1',
  ],
  ['a blob that no run uses', 'INSERT INTO blobs (hash, text) VALUES ("abc", "1")', 'blobs of no run: 1'],
  ['uses of a run that is gone', 'INSERT INTO uses (run, what) VALUES (99, "abc")', 'uses of no run: 1'],
])('%s are taken away', { timeout: 20_000 }, async (_, sql, said) => {
  const { folder, damage } = await withRuns()
  damage(sql.replaceAll('"', "'"))
  expect(await millrace(folder, ['doctor', '--dry-run'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(`would mend: ${said}`),
  })
  expect(await millrace(folder, ['doctor'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(`mended: ${said}`),
  })
  expect((await millrace(folder, ['doctor'])).stdout).toContain('nothing is wrong')
})

test.each([
  [
    'a log that was changed',
    "UPDATE log SET text = replace(text, 'hi', 'ho') WHERE run = 1",
    'its log is damaged from event 0 on',
  ],
  [
    'a log that lacks its beginning',
    'DELETE FROM log WHERE run = 1',
    'The row says completed, and the log that it has not ended',
  ],
  ['a row that was changed', "UPDATE runs SET flow = 'other' WHERE number = 1", 'its row is damaged'],
  ['a plan that is gone', 'DELETE FROM plans', 'is missing'],
])('%s is named, and nothing is lost of the rest', { timeout: 20_000 }, async (_, sql, said) => {
  const { folder, damage } = await withRuns()
  damage(sql)
  const told = await millrace(folder, ['doctor'])
  expect(told.status).toBe(1)
  expect(told.stdout).toMatch(new RegExp(`cannot mend: run [0-9a-f-]{36}: .*${said}`))
})

test('a damaged row is named, and costs nobody the other runs', { timeout: 30_000 }, async () => {
  const { folder, damage } = await withRuns()
  const { stdout: before } = await millrace(folder, ['runs'])
  const [second = '', first = ''] = before.split('\n')
  const [damaged = ''] = first.split(' ')
  damage("UPDATE runs SET flow = 'other' WHERE number = 1")
  damage("UPDATE log SET text = replace(text, 'hi', 'ho') WHERE run = 2")
  const listed = await millrace(folder, ['runs'])
  expect(listed).toMatchObject({ status: 3, stdout: `${second}\n` })
  expect(listed.stderr).toContain(`The row of run ${damaged} is damaged (STORE_DAMAGED)\n  See millrace doctor\n`)
  expect(JSON.parse((await millrace(folder, ['runs', '--json'])).stdout)).toMatchObject({ damaged: [{ run: damaged }] })
  expect(await millrace(folder, ['show', damaged.slice(-9)])).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('STORE_DAMAGED'),
  })
  expect((await millrace(folder, ['doctor'])).stdout).toMatch(
    /its row is damaged\n.*its log is damaged from event 0 on/,
  )
  expect((await millrace(folder, ['run', 'flow.yaml'])).status).toBe(0)
})

test('what a run owes is checked although the row of another is damaged', { timeout: 20_000 }, async () => {
  const { folder, damage } = await withRuns()
  damage("UPDATE runs SET flow = 'other' WHERE number = 1; DELETE FROM log WHERE run = 2")
  expect((await millrace(folder, ['doctor'])).stdout).toContain(
    'The row says completed, and the log that it has not ended',
  )
})

test('runs that were left go on, but for one whose row is damaged', { timeout: 20_000 }, async () => {
  const { folder, damage } = await withRuns()
  damage("UPDATE runs SET ended_ms = NULL, status = 'running' WHERE number = 1")
  const { status, stderr } = await millrace(folder, ['resume'])
  expect(status).toBe(1)
  expect(stderr).toMatch(/left: [0-9a-f-]{36}: The row of run .* is damaged\n$/)
})

const SLOW = `${FLOW}- { id: wait, tool: WAIT, needs: [a], input: { duration_ms: 60000 } }\n`

test('a log that a process left and that was damaged is told of, and costs nobody the other files', {
  timeout: 60_000,
}, async () => {
  const folder = folderWith({ 'flow.yaml': FLOW, 'slow.yaml': SLOW })
  const child = spawn(process.execPath, [bin, 'run', 'slow.yaml'], { cwd: folder })
  await new Promise<void>((resolve) => child.stderr.on('data', (text) => String(text).includes('✓ a') && resolve()))
  await millrace(folder, ['run', 'flow.yaml'])
  const [sound = '', lost = ''] = (await millrace(folder, ['runs'])).stdout
    .split('\n')
    .map((line) => line.split(' ')[0])
  const wal = join(folder, '.millrace/runs.db-wal')
  const bytes = readFileSync(wal)
  bytes.writeUInt8(bytes.readUInt8(100) ^ 4, 100)
  writeFileSync(wal, bytes)
  expect((await millrace(folder, ['runs'])).status).toBe(0) // its owner has checked it, and knows what it wrote
  child.kill('SIGKILL')
  await once(child, 'close')

  const said = expect.stringMatching(/runs\.db: its write-ahead log is damaged: frame 1 of .*STORE_DAMAGED/)
  expect(await millrace(folder, ['runs'])).toEqual({ status: 3, stdout: expect.stringMatching(/^.*\n$/), stderr: said })
  expect((await millrace(folder, ['show', sound])).status).toBe(0)
  for (const command of [
    ['show', lost],
    ['show', lost, '--follow'],
    ['explain', lost],
    ['cancel', lost],
    ['show', 'none'],
  ])
    expect([command, await millrace(folder, command)]).toEqual([command, { status: 3, stdout: '', stderr: said }])
  expect(await millrace(folder, ['resume'])).toMatchObject({ status: 1, stderr: expect.stringContaining('left: ') })
  expect(await millrace(folder, ['run', 'flow.yaml'])).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(
      /^warning: .*runs\.db: its write-ahead log is damaged: frame 1 .*; see millrace doctor\n/,
    ),
  })
  expect((await millrace(folder, ['runs'])).status).toBe(3)
  expect((await millrace(folder, ['doctor'])).stdout).toMatch(
    /write-ahead log is damaged.*\n.*runs-2\.db: 2 runs, nothing/,
  )
})
