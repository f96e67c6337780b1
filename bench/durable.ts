// Durable runs in a SQLite file, beside what SQLite allows: FULL sync with every commit. Results and rows are checked.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { component, openEngine, type Component, type Engine, type EffectClass, type Run } from '../src/index.ts'
import { closedLoop, median, timeInTurn, type Throughput } from './measure.ts'
import { openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts'
import { countOf, openSqliteLimit, type LimitKind, type SqliteLimit, type Sync } from './sqlite-limit.ts'
import { chain, COMPONENTS, diamonds, fanOut, forEach, large, type Workload } from './workloads.ts'

type Cell = { readonly workload: string; readonly size: number; readonly [figure: string]: number | string }
type Print = (cell: Cell) => void

/** `effects` are components that are at least once, as functions are by themselves. */
type Work = 'effects' | 'pure'

const LIMITS: readonly LimitKind[] = ['each', 'zeroed', 'group']
const GROUP: readonly LimitKind[] = ['group']
const LARGE = { isChanged: true, isSame: false }

export const DURABLE: Readonly<Record<string, (print: Print) => Promise<void>>> = {
  async W1(print) {
    await cell(print, chain(100), 'effects', LIMITS)
    await cell(print, chain(100), 'pure', LIMITS)
    await cell(print, chain(1_000), 'pure', GROUP)
  },
  W2: (print) => cell(print, fanOut(1_000), 'effects', GROUP),
  W3: (print) => cell(print, diamonds(50), 'effects', LIMITS),
  W4: (print) => cell(print, forEach(100_000, 100), 'effects', GROUP),
  async W6(print) {
    await clients(print, 1, LIMITS)
    await clients(print, 200, ['each', 'group'])
    await clients(print, 1, ['each'], 'normal')
  },
  async W7(print) {
    await cell(print, large(1, { ...LARGE, isChanged: false }), 'effects', ['each'])
    await cell(print, large(1, LARGE), 'effects', ['each', 'zeroed'])
  },
  async bytes(print) {
    await bytes(print, 'effects')
    await bytes(print, 'pure')
  },
}

async function cell(print: Print, workload: Workload, work: Work, kinds: readonly LimitKind[]): Promise<void> {
  const { name, size, steps } = workload
  await using ground = await openGround(workload, work, kinds)
  const [timing, ...limits] = await timeInTurn([ground.run, ...ground.limits])
  await ground.checkRows()
  const medianMs = timing?.medianMs ?? Number.NaN
  print({
    ...titled(`${name}, FULL, ${work}`, size, steps),
    ...timing,
    ...beside(kinds, (index) => [limits[index]?.medianMs ?? Number.NaN, (limit) => medianMs / limit]),
  })
}

const TURNS = 3

/** Clients in a closed loop, ours and those of the limits in turn. */
async function clients(print: Print, count: number, kinds: readonly LimitKind[], sync: Sync = 'full'): Promise<void> {
  const workload = chain(5)
  for (const work of ['effects', 'pure'] as const) {
    await using ground = await openGround(workload, work, kinds, sync)
    const loops = [ground.run, ...ground.limits]
    const turns: Throughput[][] = loops.map(() => [])
    for (let turn = 0; turn <= TURNS; turn += 1)
      for (const [index, run] of loops.entries()) {
        const measured = await closedLoop(count, run)
        if (turn > 0) turns[index]?.push(measured)
      }
    await ground.checkRows()
    const of = (index: number, figure: keyof Throughput): number =>
      median(turns[index]?.map((measured) => measured[figure]) ?? [])
    print({
      ...titled(`W6 many runs, ${sync.toUpperCase()}, ${work}`, count, workload.steps),
      durability: sync.toUpperCase(),
      runsPerS: of(0, 'runsPerS'),
      p50Ms: of(0, 'p50Ms'),
      p99Ms: of(0, 'p99Ms'),
      ...beside(kinds, (index) => [of(index + 1, 'runsPerS'), (limit) => limit / of(0, 'runsPerS')]),
    })
  }
}

const BYTES_RUNS = 10

/** What the file grows by, its log written back, for each step of a chain of 1,000. */
async function bytes(print: Print, work: Work): Promise<void> {
  const workload = chain(1_000)
  await using ground = await openGround(workload, work, ['each'])
  const grown = async (path: string, run: () => Promise<void>): Promise<number> => {
    await run()
    const before = bytesOf(path)
    for (let times = 0; times < BYTES_RUNS; times += 1) await run()
    return (bytesOf(path) - before) / BYTES_RUNS / workload.steps
  }
  const bytesPerStep = await grown(ground.path, ground.run)
  const limit = await grown(ground.limitPath('each'), ground.limits[0] ?? ground.run)
  await ground.checkRows()
  print({
    ...titled(`bytes a step, FULL, ${work}`, workload.size, workload.steps),
    bytesPerStep,
    ...beside(['each'], () => [limit, () => bytesPerStep / limit]),
  })
}

/** The size of the file and its log after a checkpoint. */
function bytesOf(path: string): number {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const size = statSync(path).size + statSync(`${path}-wal`).size
  db.close()
  return size
}

type Ground = AsyncDisposable & {
  readonly path: string
  limitPath(kind: LimitKind): string
  /** Does the workload once, and checks its result. */
  readonly run: () => Promise<void>
  /** The same for each kind of limit. */
  readonly limits: readonly (() => Promise<void>)[]
  /** Checks that all runs and all steps of the last one are in the file, and all rows of the limits in theirs. */
  checkRows(): Promise<void>
}

/** An engine and its limits, each with a file of its own. */
async function openGround(
  workload: Workload,
  work: Work,
  kinds: readonly LimitKind[],
  sync: Sync = 'full',
): Promise<Ground> {
  const { flow: text, input, isRight, steps } = workload
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const path = join(folder, 'runs.db')
  const limitPath = (kind: LimitKind): string => join(folder, `limit-${kind}.db`)
  const engine = await openEngine({ store: openSqliteStore(path, sync), components: componentsFor(work) })
  const flow = engine.compile(text, { file: 'bench.json' })
  const limits = kinds.map((kind) => openLimit(workload, limitPath(kind), kind, sync))
  let last: Run | null = null
  let runs = 0

  return {
    path,
    limitPath,
    async run() {
      const run = await engine.start(flow, { input })
      const outcome = await run.result()
      check(outcome.outcome === 'success' && isRight(outcome.result))
      last = run
      runs += 1
    },
    limits: limits.map(({ run }) => run),
    async checkRows() {
      check((await stepsStored(engine, last)) >= steps)
      const db = new DatabaseSync(path, { readOnly: true })
      check(countOf(db, `SELECT count(*) AS count FROM runs WHERE status = 'completed'`) === runs)
      db.close()
      for (const limit of limits) limit.checkRows()
    },
    async [Symbol.asyncDispose]() {
      await engine.close()
      for (const { close } of limits) close()
      rmSync(folder, { recursive: true })
    },
  }
}

type OpenLimit = Pick<SqliteLimit, 'close'> & { readonly run: () => Promise<void>; checkRows(): void }

function openLimit(workload: Workload, path: string, kind: LimitKind, sync: Sync): OpenLimit {
  const limit = openSqliteLimit(path, kind, sync)
  let runs = 0
  return {
    async run() {
      check(workload.isRight(await limit.run(workload)))
      runs += 1
    },
    checkRows() {
      const { runsEnded, steps } = limit.count()
      check(runsEnded === runs && steps >= runs * workload.steps)
    },
    close: () => limit.close(),
  }
}

async function stepsStored(engine: Engine, run: Run | null): Promise<number> {
  const stored = run === null ? null : await engine.get(run.id)
  let count = 0
  for await (const { kind } of stored?.storedEvents() ?? [])
    if (kind === 'step-succeeded' || kind === 'lane-ended') count += 1
  return count
}

function componentsFor(work: Work): { readonly [path: string]: Component } {
  const effect: EffectClass = work === 'pure' ? 'pure' : 'at-least-once'
  return Object.fromEntries(Object.entries(COMPONENTS).map(([path, run]) => [path, component({ effect, run })]))
}

function titled(workload: string, size: number, steps: number): Cell {
  return { workload, size, steps, store: 'sqlite', durability: 'FULL', sqlite: process.versions['sqlite'] ?? '' }
}

/** Each limit, and how many times as much we take. */
function beside(
  kinds: readonly LimitKind[],
  of: (index: number) => readonly [limit: number, timesOf: (limit: number) => number],
): { readonly [figure: string]: number } {
  return Object.fromEntries(
    kinds.flatMap((kind, index) => {
      const [limit, timesOf] = of(index)
      return [
        [`${kind}Limit`, limit],
        [`${kind}Times`, timesOf(limit)],
      ]
    }),
  )
}

function check(isRight: boolean): void {
  if (!isRight) throw new Error('A durable run has the wrong result, or rows are missing')
}
