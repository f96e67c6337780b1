// Measures Millrace beside what the machine allows, and prints tables of ratios:
//   npm run bench [-- --rounds 3] [-- --store memory|sqlite] [-- --json] [-- W1 sqlite:W6 …]
// One process per group and round, rounds in a new random order, the median of rounds. Times of one run alone say little.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { median, spread } from './measure.ts'
import { coldStart } from './cold-start.ts'
import { waiting } from './waiting.ts'

type Cell = { readonly workload: string; readonly size: number; readonly [figure: string]: number | string }

const MEMORY = ['W1', 'W2', 'W3', 'W4', 'W4rss', 'manifests', 'W5', 'W7', 'compile', 'sync', 'templates', 'W8']
const SQLITE = ['W1', 'W2', 'W3', 'W4', 'W6', 'W7', 'W8', 'W9', 'bytes'].map((group) => `sqlite:${group}`)
const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string' }, store: { type: 'string' } },
  allowPositionals: true,
})
const rounds = Number(values.rounds ?? 3)
const known = [...(values.store === 'sqlite' ? [] : MEMORY), ...(values.store === 'memory' ? [] : SQLITE)]
const groups = positionals.length > 0 ? positionals : known

const cells: Cell[] = []
for (let round = 0; round < rounds; round += 1) {
  for (const group of groups.toSorted(() => Math.random() - 0.5)) {
    process.stderr.write(`round ${round + 1} of ${rounds}: ${group}\n`)
    cells.push(...cellsOf(group))
  }
}
const rows = summarize(cells)
process.stdout.write(values.json ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : toTables(rows))

function cellsOf(group: string): readonly Cell[] {
  const [first = '', second] = group.split(':')
  const [store, name] = second === undefined ? ['memory', first] : [first, second]
  if (name === 'W8') return coldStart(store)
  return name === 'W9' ? waiting() : runGroup(store, name)
}

function runGroup(store: string, name: string): readonly Cell[] {
  const child = spawnSync(process.execPath, ['--expose-gc', 'bench/group.ts', store, name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.status !== 0) throw new Error(`Group ${name} of ${store} failed`)
  return child.stdout
    .trim()
    .split('\n')
    .map((line): Cell => JSON.parse(line))
}

type Row = { readonly workload: string; readonly size: number; readonly [figure: string]: number | string }

function summarize(all: readonly Cell[]): readonly Row[] {
  const byCell = Map.groupBy(
    all.filter(({ workload }) => workload !== 'calibration'),
    ({ workload, size }) => `${workload}|${size}`,
  )
  return [...byCell.values()]
    .map((same): Row => {
      const [first] = same
      const figures = Object.keys(first ?? {}).filter((figure) => typeof first?.[figure] === 'number')
      const medians = Object.fromEntries(
        figures.map((figure) => [figure, median(same.map((cell) => Number(cell[figure])))]),
      )
      const main = mainFigure(first ?? {})
      return {
        ...first,
        ...medians,
        workload: first?.workload ?? '',
        size: first?.size ?? 0,
        rounds: same.length,
        spread: spread(same.map((cell) => Number(cell[main]))),
      }
    })
    .toSorted((a, b) => a.workload.localeCompare(b.workload) || a.size - b.size)
}

function mainFigure(cell: object): string {
  return ['medianMs', 'runsPerS', 'peakRssMiB', 'bytesPerStep', 'kibPerRun'].find((figure) => figure in cell) ?? 'size'
}

function toTables(all: readonly Row[]): string {
  const [durable, inMemory] = [all.filter(isDurable), all.filter((row) => !isDurable(row))]
  return [inMemory.length > 0 ? memoryTable(inMemory) : '', durable.length > 0 ? durableTable(durable) : '']
    .filter((table) => table !== '')
    .join('\n')
}

/** Whether its limits are those of a durable store. */
function isDurable(row: Row): boolean {
  return 'durability' in row
}

function memoryTable(all: readonly Row[]): string {
  const lines = all.map((row) => {
    const main = mainFigure(row)
    const limit = Number(row['limitMs'] ?? row['limitRunsPerS'] ?? Number.NaN)
    const ratio = main === 'runsPerS' ? limit / Number(row[main]) : Number(row[main]) / limit
    const steps = Number(row['steps'] ?? 0)
    return [
      row.workload,
      row.size,
      round3(Number(row[main])) + unitOf(main),
      round3(limit),
      round3(ratio),
      main === 'medianMs' && steps > 0 ? round3((Number(row[main]) / steps) * 1_000) : '–',
      round3(Number(row['firstMs'] ?? row['p99Ms'] ?? Number.NaN)),
      `${Math.round(Number(row['spread']) * 100)} %`,
    ]
  })
  return toTable(['workload', 'size', 'median', 'limit', '× limit', 'µs a step', 'first · p99 ms', 'spread'], lines)
}

/** Beside a commit for each step, the same with a log laid down before, and one transaction for each turn of the event loop. */
function durableTable(all: readonly Row[]): string {
  const lines = all.map((row) => {
    const main = mainFigure(row)
    return [
      row.workload,
      row.size,
      round3(Number(row[main])) + unitOf(main),
      ...['each', 'zeroed', 'group'].map((kind) => besideLimit(row, kind)),
      round3(Number(row['firstMs'] ?? row['p99Ms'] ?? Number.NaN)),
      `${Math.round(Number(row['spread']) * 100)} %`,
      ['kibNeeded', 'idlePercent', 'startMs', 'releaseMs']
        .flatMap((figure) => (figure in row ? [`${figure} ${round3(Number(row[figure]))}`] : []))
        .join(', '),
    ]
  })
  const kinds = ['commit per step', 'log laid down', 'group']
  return toTable(
    ['workload', 'size', 'median', ...kinds.map((kind) => `${kind}: limit · ×`), 'first · p99 ms', 'spread', 'also'],
    lines,
  )
}

function besideLimit(row: Row, kind: string): string {
  const limit = row[`${kind}Limit`]
  return limit === undefined ? '–' : `${round3(Number(limit))} · ${round3(Number(row[`${kind}Times`]))}`
}

function toTable(head: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cellsOfRow) => `| ${cellsOfRow.join(' | ')} |\n`).join('')
}

function unitOf(figure: string): string {
  return (
    { medianMs: ' ms', runsPerS: ' runs/s', peakRssMiB: ' MiB', bytesPerStep: ' B', kibPerRun: ' KiB' }[figure] ?? ''
  )
}

function round3(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–'
}
