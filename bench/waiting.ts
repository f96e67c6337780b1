// W9: many runs that wait. What each takes of memory, what they cost the processor, how fast they start and go on.
// Each measurement is a process of its own, since memory that was used once is used again:
//   node --expose-gc bench/waiting.ts engine 1000
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { openEngine } from '../src/index.ts'
import type { Json } from '../src/lib/json.ts'
import { openSqliteLimit } from './sqlite-limit.ts'
import { COMPONENTS, sleeping } from './workloads.ts'

type Cell = { readonly workload: string; readonly size: number; readonly [figure: string]: number | string }

type Figures = {
  /** After an ordinary collection, which leaves V8 the room in which they began. */
  readonly kibPerRun: number
  /** Once it has given that back, as it does where memory is short: what the runs need. */
  readonly kibNeeded: number
  /** Of one processor, while all wait. */
  readonly idlePercent: number
  readonly startMs: number
  /** From the moment until which all wait to the last result. */
  readonly releaseMs: number
}

const SIZES = [1_000, 10_000]
const IDLE_MS = 3_000
const POLL_MS = 5
/** How long starting all and measuring may take; then they are released. */
const START_MS_MAX = 8_000

/** Runs of the engine on a SQLite file, beside plain promises whose rows are grouped. */
export function waiting(): readonly Cell[] {
  return SIZES.map((size): Cell => {
    const [figures, limit] = [measure('engine', size), measure('limit', size)]
    return {
      workload: 'W9 waiting, FULL',
      size,
      steps: 3,
      store: 'sqlite',
      durability: 'FULL',
      ...figures,
      groupLimit: limit.kibPerRun,
      groupTimes: figures.kibPerRun / limit.kibPerRun,
      neededTimes: figures.kibNeeded / limit.kibNeeded,
    }
  })
}

function measure(who: keyof typeof SIDES, size: number): Figures {
  const child = spawnSync(process.execPath, ['--expose-gc', import.meta.filename, who, String(size)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.status !== 0) throw new Error(`${size} waiting runs failed: ${who}`)
  const figures: Figures = JSON.parse(child.stdout)
  return figures
}

/** Has so many runs wait: resolved when all of them do, with what waits for their results. */
type Start = (size: number) => Promise<() => Promise<readonly Json[]>>

/** Opens a file for runs that wait until `untilMs`, and has one go through before all that is measured. */
type Open = (folder: string, untilMs: number) => Promise<Start>

const SIDES = { engine: openRuns, limit: openPromises } satisfies { [side: string]: Open }

async function openRuns(folder: string, untilMs: number): Promise<Start> {
  const path = join(folder, 'runs.db')
  const engine = await openEngine({ store: `sqlite:${path}`, components: COMPONENTS })
  const [before, { flow, input }] = [sleeping(0), sleeping(untilMs)]
  await engine.run(engine.compile(before.flow), { input: before.input })
  const compiled = engine.compile(flow)
  const resultOf = async (id: string): Promise<Json> => {
    const outcome = await (await engine.get(id))?.result()
    return outcome?.outcome === 'success' ? outcome.result : null
  }
  const start = async (): Promise<string> => (await engine.start(compiled, { input })).id
  return async (size) => {
    const ids = await Promise.all(Array.from({ length: size }, start))
    await allWait(path, size)
    return async () => {
      const results = await Promise.all(ids.map(resultOf))
      await engine.close()
      return results
    }
  }
}

async function allWait(path: string, size: number): Promise<void> {
  const db = new DatabaseSync(path, { readOnly: true })
  const count = db.prepare('SELECT count(*) AS waiting FROM runs WHERE wait IS NOT NULL')
  while (Number(count.get()?.['waiting']) < size) await setTimeout(POLL_MS)
  db.close()
}

async function openPromises(folder: string, untilMs: number): Promise<Start> {
  const limit = openSqliteLimit(join(folder, 'limit.db'), 'group')
  await limit.run(sleeping(0))
  return async (size) => {
    const released = setTimeout(untilMs - Date.now())
    const waiters: (() => void)[] = []
    const wait = (): Promise<void> => new Promise((resolve) => waiters.push(resolve))
    const workload = sleeping(untilMs, wait)
    const results = Array.from({ length: size }, () => limit.run(workload))
    while (waiters.length < size) await setImmediate()
    return async () => {
      await released
      for (const wake of waiters) wake()
      const all = await Promise.all(results)
      limit.close()
      return all
    }
  }
}

async function measureHere(open: Open, size: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const untilMs = Date.now() + START_MS_MAX + IDLE_MS
  const start = await open(folder, untilMs)
  const before = { regular: rss('regular'), needed: rss('last-resort') }
  const beganMs = Date.now()
  const results = await start(size)
  const startMs = Date.now() - beganMs
  const kibPerRun = (rss('regular') - before.regular) / 1_024 / size
  const cpuBefore = process.cpuUsage()
  await setTimeout(IDLE_MS)
  const { user, system } = process.cpuUsage(cpuBefore)
  const kibNeeded = (rss('last-resort') - before.needed) / 1_024 / size
  if (Date.now() >= untilMs) throw new Error('Starting took too long: some runs did not wait any more')
  const { isRight } = sleeping(untilMs)
  if (!(await results()).every(isRight)) throw new Error('A run that waited has the wrong result')
  const releaseMs = Date.now() - untilMs
  rmSync(folder, { recursive: true })
  return { kibPerRun, kibNeeded, idlePercent: ((user + system) / 1_000 / IDLE_MS) * 100, startMs, releaseMs }
}

/** Resident memory after what is not used any more was collected: as V8 does of itself, or as where memory is short. */
function rss(flavor: 'regular' | 'last-resort'): number {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor })
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor })
  return process.memoryUsage().rss
}

const [side, size] = process.argv.slice(2)
if (import.meta.main && (side === 'engine' || side === 'limit'))
  process.stdout.write(JSON.stringify(await measureHere(SIDES[side], Number(size))))
