// Measures Millrace beside what the machine allows, and prints a table of ratios: npm run bench [-- --json] [-- --rounds 3] [-- W1 sqlite:W6 …]
// One process per group and round, rounds in a new random order, the median of rounds. Times of one run alone say little.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { median, spread } from './measure.ts'
import { coldStart } from './cold-start.ts'

type Cell = { readonly workload: string; readonly size: number; readonly [figure: string]: number | string }

const MEMORY = ['W1', 'W2', 'W3', 'W4', 'W4rss', 'manifests', 'W5', 'W7', 'compile', 'sync', 'templates', 'W8']
const SQLITE = ['W1', 'W2', 'W3', 'W4', 'W6', 'W7', 'bytes'].map((group) => `sqlite:${group}`)
const GROUPS = [...MEMORY, ...SQLITE]
const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string' } },
  allowPositionals: true,
})
const rounds = Number(values.rounds ?? 3)
const groups = positionals.length > 0 ? positionals : GROUPS

const cells: Cell[] = []
for (let round = 0; round < rounds; round += 1) {
  for (const group of groups.toSorted(() => Math.random() - 0.5)) {
    process.stderr.write(`round ${round + 1} of ${rounds}: ${group}\n`)
    cells.push(...(group === 'W8' ? coldStart() : runGroup(group)))
  }
}
const rows = summarize(cells)
process.stdout.write(values.json ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : toTable(rows))

function runGroup(group: string): readonly Cell[] {
  const child = spawnSync(process.execPath, ['--expose-gc', 'bench/group.ts', ...storeAndName(group)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.status !== 0) throw new Error(`Group ${group} failed`)
  return child.stdout
    .trim()
    .split('\n')
    .map((line): Cell => JSON.parse(line))
}

function storeAndName(group: string): readonly string[] {
  const [store = '', name] = group.split(':')
  return name === undefined ? ['memory', store] : [store, name]
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
  return ['medianMs', 'runsPerS', 'peakRssMiB', 'bytesPerStep'].find((figure) => figure in cell) ?? 'size'
}

function toTable(all: readonly Row[]): string {
  const lines = all.map((row) => {
    const main = mainFigure(row)
    const limit = Number(row['limitMs'] ?? row['limitRunsPerS'] ?? row['groupLimit'] ?? row['eachLimit'] ?? Number.NaN)
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
  const head = ['workload', 'size', 'median', 'limit', '× limit', 'µs a step', 'first · p99 ms', 'spread']
  return [head, head.map(() => '---'), ...lines].map((cellsOfRow) => `| ${cellsOfRow.join(' | ')} |\n`).join('')
}

function unitOf(figure: string): string {
  return { medianMs: ' ms', runsPerS: ' runs/s', peakRssMiB: ' MiB', bytesPerStep: ' B' }[figure] ?? ''
}

function round3(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–'
}
