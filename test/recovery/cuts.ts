// Cuts the power of a disk while a process works on it: what it had told must be there when the machine starts again.
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answersIn, type Answered } from './answers.ts'
import { compare, ledgerIn, type Verdict } from './compare.ts'
import { createDisk, type Disk } from './disk.ts'
import { merged } from './kills.ts'
import { run, startChild, startProcess, type Ready } from './processes.ts'
import { readStored, type Stored } from './stored.ts'
import type { Language } from './workloads.ts'

/** More than a process has time for. */
const ROUNDS = 1_000

export type Cut = { readonly verdict: Verdict; readonly toldCount: number }

/** Cuts the power `afterMs` after the file was opened, on a disk of its own, and lets the next process go on. */
export async function tryCut(language: Language, afterMs: number): Promise<Cut> {
  const outside = mkdtempSync(join(tmpdir(), 'millrace-cut-'))
  const disk = createDisk()
  try {
    const job = { file: join(disk.folder, 'runs.db'), ledger: join(outside, 'ledger'), workload: 'all', language }
    const lines = await cutAfter(disk, await startChild({ ...job, rounds: ROUNDS }), afterMs)
    const told = [...answersIn(lines)]
    const stored = readStored(job.file)
    const verdict = compare(stored, told, ledgerIn(job.ledger), false)
    const last = await run({ ...job, rounds: roundsOf(stored, told) })
    const wrong = last.status === 0 ? [] : [`It did not go on: ${last.lines.slice(-200)}${last.stderr}`]
    const after = compare(readStored(job.file), [...told, ...answersIn(last.lines)], ledgerIn(job.ledger), true)
    return { verdict: merged([verdict, after], wrong), toldCount: told.length }
  } finally {
    disk.close()
    rmSync(outside, { recursive: true })
  }
}

/** Rounds that were begun: the next process ends those, and begins no others. */
function roundsOf({ runs }: Stored, told: readonly Answered[]): number {
  const keys = [...runs.keys(), ...told.map(({ key }) => key)]
  return 1 + Math.max(0, ...keys.map((key) => Number(key.split('.')[0])))
}

/**
 * Power takes process and disk at once. Here the process goes first: a sync that is under way while the disk is shut down can report
 * success although nothing was kept (of 50 such cuts of a plain SQLite file under FULL two lost a commit, told after the shutdown).
 */
async function cutAfter(disk: Disk, ready: Ready, afterMs: number): Promise<string> {
  try {
    ready.go()
    await ready.said('open\n')
    await sleep(afterMs)
  } finally {
    ready.child.kill('SIGKILL')
    await ready.ended()
  }
  const { lines } = await ready.ended()
  disk.cut()
  disk.restart()
  return lines
}

/** The same with a file that does not wait for the disk; answers how many commits were told and are not there. */
async function cutNormal(afterMs: number): Promise<number> {
  const disk = createDisk()
  try {
    const file = join(disk.folder, 'told.db')
    const lines = await cutAfter(disk, await startProcess(['normal.ts', file]), afterMs)
    return lostIn(file, lines)
  } finally {
    disk.close()
  }
}

/** Cuts that must lose something where nobody waits for the disk: else they are no power cuts. */
const CONTROL_CUTS_MAX = 20

/** The first of them that does, and how much. */
export async function firstLoss(): Promise<{ readonly cut: number; readonly lost: number }> {
  for (let cut = 1; cut <= CONTROL_CUTS_MAX; cut += 1) {
    const lost = await cutNormal(300 + Math.round(Math.random() * 900))
    if (lost > 0) return { cut, lost }
  }
  throw new Error(`${CONTROL_CUTS_MAX} power cuts under synchronous = NORMAL lost nothing, so they are no power cuts`)
}

function lostIn(file: string, lines: string): number {
  const toldCount = lines
    .slice(0, lines.lastIndexOf('\n'))
    .split('\n')
    .filter((line) => line.startsWith('told ')).length
  const db = new DatabaseSync(file)
  const isMade = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'told'").get() !== undefined
  const count = isMade ? Number(db.prepare('SELECT count(*) AS count FROM told').get()?.['count']) : 0
  db.close()
  return Math.max(0, toldCount - count)
}
