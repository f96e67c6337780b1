// Kills a process at its n-th system call of a kind, for many n; the next process ends what it had begun.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answersIn } from './answers.ts'
import { compare, ledgerIn, type Verdict } from './compare.ts'
import { run, runTraced, type Job } from './processes.ts'
import { readStored } from './stored.ts'
import { WORKLOADS, type Language } from './workloads.ts'

export const KILL_CALLS = ['pwrite64', 'fsync', 'openat', 'ftruncate', 'unlink'] as const
export type KillCall = (typeof KILL_CALLS)[number]
export const LANGUAGES: readonly Language[] = ['stepflow', 'jinba']

/** One kill: at the `nth` call from the moment before the file is opened, and perhaps once more while the next process opens it. */
export type KillPoint = {
  readonly workload: string
  readonly language: Language
  readonly call: KillCall
  readonly nth: number
  readonly again: { readonly call: KillCall; readonly nth: number } | null
}
export type Tried = { readonly point: KillPoint; readonly verdict: Verdict; readonly killsCount: number }

/** How often each call is made when nothing is killed. */
export type Counts = ReadonlyMap<KillCall, number>

const calibrated = new Map<string, Promise<Counts>>()

/** Runs a workload undisturbed, once, and counts its calls. */
export function calibrate(workload: string, language: Language): Promise<Counts> {
  const name = `${workload} in ${language}`
  const known = calibrated.get(name) ?? inFolder(countCalls, { workload, language })
  calibrated.set(name, known)
  return known
}

async function countCalls(job: Job): Promise<Counts> {
  const { trace, status, stderr, lines } = await runTraced(job, KILL_CALLS, null)
  if (status !== 0) throw new Error(`${job.workload} in ${job.language} does not run: ${lines}${stderr}`)
  return new Map(KILL_CALLS.map((call) => [call, countIn(trace, call)]))
}

/** Calls are counted by thread, and the main thread makes those of the store. */
function countIn(trace: string, call: string): number {
  const byThread = new Map<string, number>()
  for (const line of trace.split('\n')) {
    if (!line.includes(` ${call}(`)) continue
    const thread = line.slice(0, line.indexOf(' '))
    byThread.set(thread, (byThread.get(thread) ?? 0) + 1)
  }
  return Math.max(0, ...byThread.values())
}

/** `count` points spread over all workloads, languages and calls; each call gets as many as its number allows. */
export async function planKills(count: number): Promise<readonly KillPoint[]> {
  const points: KillPoint[] = []
  const combinations = WORKLOADS.flatMap(({ name }) => LANGUAGES.map((language) => ({ workload: name, language })))
  for (const [index, { workload, language }] of combinations.entries()) {
    const share = Math.ceil((count - points.length) / (combinations.length - index))
    const counts = await calibrate(workload, language)
    for (const { call, nth } of spread(counts, share, index)) {
      const again = points.length % 4 === 3 ? againAt(points.length) : null
      points.push({ workload, language, call, nth, again })
    }
  }
  for (const call of KILL_CALLS)
    if (count >= combinations.length && !points.some((point) => point.call === call))
      throw new Error(`No process is killed at ${call}: it is never called, or there are too few points`)
  return points
}

/** Calls in turn, so that rare ones get their share; among those of one kind, places as far from each other as can be. */
function spread(counts: Counts, share: number, from: number): readonly { call: KillCall; nth: number }[] {
  const wanted = new Map<KillCall, number>(KILL_CALLS.map((call) => [call, 0]))
  for (let given = 0, turn = from; given < share && turn < from + share * TURNS.length; turn += 1) {
    const call = TURNS[turn % TURNS.length] ?? 'pwrite64'
    const had = wanted.get(call) ?? 0
    if (had >= (counts.get(call) ?? 0)) continue
    wanted.set(call, had + 1)
    given += 1
  }
  return [...wanted].flatMap(([call, times]) => {
    const total = counts.get(call) ?? 0
    return Array.from({ length: times }, (_, index) => ({
      call,
      nth: 1 + Math.floor(((index + 0.5 + (from % 7) / 14) % times) * (total / times)),
    }))
  })
}

/** Most of what can go wrong lies between writes and syncs. */
const TURNS: readonly KillCall[] = [
  'pwrite64',
  'fsync',
  'pwrite64',
  'fsync',
  'pwrite64',
  'openat',
  'unlink',
  'pwrite64',
  'fsync',
  'ftruncate',
]

/** Where the next process is killed too: while it opens the file and resumes, which takes few calls. */
function againAt(number: number): KillPoint['again'] {
  const call = number % 8 === 3 ? 'pwrite64' : 'fsync'
  return { call, nth: 1 + ((number * 7) % (call === 'fsync' ? 6 : 24)) }
}

/** Kills at the point, or a little before it where its call does not come this time. */
export async function tryKill(point: KillPoint): Promise<Tried> {
  for (let { nth } = point; nth > 0; nth = Math.min(nth - 1, Math.floor(nth * 0.9))) {
    const tried = await tryOnce({ ...point, nth })
    if (tried !== null) return tried
  }
  throw new Error(`${nameOfKill(point)}: there is no such call, so nothing was killed`)
}

/** Kills, reopens, and compares what is there with what was told and done: after the kill, and when all has ended. */
async function tryOnce(point: KillPoint): Promise<Tried | null> {
  const { workload, language, call, nth, again } = point
  return inFolder(
    async (job) => {
      const killed = await runTraced(job, KILL_CALLS, `${call}:signal=KILL:when=${nth}`)
      if (killed.hung || (killed.signal === null && killed.status !== 0))
        throw new Error(`${nameOfKill(point)} ended with status ${killed.status}: ${killed.lines}${killed.stderr}`)
      // What is stored together varies, and with it the number of calls: near the end a call may not come.
      if (killed.signal === null) return null
      const told = [...answersIn(killed.lines)]
      const verdicts = [compare(readStored(job.file), told, ledgerIn(job.ledger), false)]
      let killsCount = 1
      if (again !== null) {
        const second = await runTraced(job, KILL_CALLS, `${again.call}:signal=KILL:when=${again.nth}`)
        if (second.signal === 'SIGKILL') killsCount += 1
        told.push(...answersIn(second.lines))
        verdicts.push(compare(readStored(job.file), told, ledgerIn(job.ledger), second.signal === null))
      }
      const last = await run(job)
      told.push(...answersIn(last.lines))
      const verdict = compare(readStored(job.file), told, ledgerIn(job.ledger), true)
      const failed =
        last.status === 0 && last.lines.endsWith('closed\n') ? [] : [`It did not go on: ${last.lines}${last.stderr}`]
      return { point, killsCount, verdict: merged([...verdicts, verdict], failed) }
    },
    { workload, language },
  )
}

export function merged(verdicts: readonly Verdict[], wrong: readonly string[]): Verdict {
  return {
    lost: verdicts.flatMap((verdict) => verdict.lost),
    twice: [...new Set(verdicts.flatMap((verdict) => verdict.twice))],
    wrong: [...verdicts.flatMap((verdict) => verdict.wrong), ...wrong],
    repeats: verdicts.at(-1)?.repeats ?? 0,
  }
}

export function nameOfKill({ workload, language, call, nth }: KillPoint): string {
  return `${workload} in ${language} at ${call} ${nth}`
}

/** A folder for one try; what failed is left for whoever looks into it. */
export async function inFolder<T>(work: (job: Job) => Promise<T>, of: Pick<Job, 'workload' | 'language'>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'))
  const result = await work({ file: join(folder, 'runs.db'), ledger: join(folder, 'ledger'), ...of })
  rmSync(folder, { recursive: true })
  return result
}
