// Fails the n-th write or sync of a process: what it goes on to say must still be in the file, and it must end.
import { answersIn } from './answers.ts'
import { compare, ledgerIn, type Verdict } from './compare.ts'
import { calibrate, inFolder, LANGUAGES, merged } from './kills.ts'
import { run, runTraced, type Ended } from './processes.ts'
import { readStored } from './stored.ts'
import { WORKLOADS, type Language } from './workloads.ts'

/** A disk that is full, for one write or for good, and a disk that cannot say whether it has what it was given. */
export type ErrorKind = 'ENOSPC' | 'ENOSPC for good' | 'EIO'

export type ErrorPoint = {
  readonly workload: string
  readonly language: Language
  readonly kind: ErrorKind
  readonly nth: number
}

const CALLS = { ENOSPC: 'pwrite64', 'ENOSPC for good': 'pwrite64', EIO: 'fsync' } as const
/** How long a process may wait for room that does not come. */
const FULL_MS = 5_000
const KINDS: readonly ErrorKind[] = ['EIO', 'ENOSPC', 'EIO', 'ENOSPC for good']

/** `count` points spread over all workloads, languages and kinds. */
export async function planErrors(count: number): Promise<readonly ErrorPoint[]> {
  const points: ErrorPoint[] = []
  const combinations = WORKLOADS.flatMap(({ name }) => LANGUAGES.map((language) => ({ workload: name, language })))
  for (const [index, { workload, language }] of combinations.entries()) {
    const share = Math.ceil((count - points.length) / (combinations.length - index))
    if (share === 0) continue
    const counts = await calibrate(workload, language)
    for (let at = 0; at < share; at += 1) {
      const kind = KINDS[points.length % KINDS.length] ?? 'EIO'
      const total = counts.get(CALLS[kind]) ?? 0
      points.push({ workload, language, kind, nth: 1 + Math.floor(total * ((at + 0.5) / share)) })
    }
  }
  return points
}

/** Fails the call, or one a little before it where it does not come this time. */
export async function tryError(point: ErrorPoint): Promise<Verdict> {
  for (let { nth } = point; nth > 0; nth = Math.min(nth - 1, Math.floor(nth * 0.9))) {
    const verdict = await tryOnce({ ...point, nth })
    if (verdict !== null) return verdict
  }
  throw new Error(`${nameOfError(point)}: there is no such call, so nothing failed`)
}

async function tryOnce({ workload, language, kind, nth }: ErrorPoint): Promise<Verdict | null> {
  const call = CALLS[kind]
  const error = kind === 'EIO' ? 'EIO' : 'ENOSPC'
  return inFolder(
    async (job) => {
      const isForGood = kind === 'ENOSPC for good'
      const inject = `${call}:error=${error}:when=${nth}${isForGood ? '+' : ''}`
      const failed = await runTraced({ ...job, ...(isForGood ? { endMsMax: FULL_MS } : {}) }, [call, 'write'], inject)
      if (!failed.trace.includes('(INJECTED)')) return null
      const told = [...answersIn(failed.lines)]
      const verdict = compare(readStored(job.file), told, ledgerIn(job.ledger), false)
      const last = await run(job)
      told.push(...answersIn(last.lines))
      const wrong = [...wrongEnd(failed, isForGood), ...(kind === 'EIO' ? answersAfter(failed.trace) : [])]
      if (last.status !== 0) wrong.push(`It did not go on: ${last.lines}${last.stderr}`)
      return merged([verdict, compare(readStored(job.file), told, ledgerIn(job.ledger), true)], wrong)
    },
    { workload, language },
  )
}

/** It ends by itself: with all done, or by saying why not. Where the disk stays full it may also wait for room. */
function wrongEnd({ hung, status, signal, lines, stderr }: Ended, mayWait: boolean): readonly string[] {
  if (hung) return mayWait ? [] : ['The process hangs']
  if (status === 0 && lines.endsWith('closed\n')) return []
  if (status === 3 && lines.includes('refused STORE_')) return []
  return [`The process ended with ${signal ?? status}: ${lines.slice(-200)}${stderr}`]
}

/**
 * After a commit whose sync failed nobody knows what the file has, so nothing is told. Other syncs are not what an answer rests on: of
 * the folder, whose failure SQLite passes over, and of the database itself, which is written again from the log that was synced.
 */
function answersAfter(trace: string): string[] {
  const lines = trace.split('\n')
  const failedAt = lines.findIndex((line) => line.includes('(INJECTED)'))
  if (!lines[failedAt]?.includes('-wal>')) return []
  const after = lines.slice(failedAt).filter((line) => /\bwrite\(1<[^>]*>, "\{/.test(line))
  return after.length === 0 ? [] : [`${after.length} answers were given after the error`]
}

export function nameOfError({ workload, language, kind, nth }: ErrorPoint): string {
  return `${workload} in ${language} at ${CALLS[kind]} ${nth} with ${kind}`
}
