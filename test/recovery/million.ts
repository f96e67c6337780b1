// A loop over a million numbers that is killed in the middle: each item ends once, and memory stays bounded.
//   node test/recovery/million.ts [--items 1000000] [--concurrency 1000]
// The numbers are the input of the run; a manifest may also say `{{ range(1000000) }}`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { component, openEngine, type Json } from '../../src/index.ts'

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '1000000' },
    concurrency: { type: 'string', default: '1000' },
    /** What the processes that this one starts are told. */
    file: { type: 'string' },
  },
})
const [items, concurrency] = [Number(values.items), Number(values.concurrency)]
const RSS_MB_MAX = 300

/** Begins the run or goes on with it, to its end. */
async function work(file: string): Promise<void> {
  let calls = 0
  const count = component({
    run: async (input: Json) => {
      calls += 1
      if (calls % 1_000 === 0) process.stdout.write(`${JSON.stringify({ calls })}\n`)
      await new Promise(setImmediate)
      return input
    },
  })
  const total = component({
    effect: 'pure',
    run: (numbers: readonly number[]) => ({ count: numbers.length, sum: numbers.reduce((sum, n) => sum + n, 0) }),
  })
  const limits = { callsPerEngineMax: concurrency, callsPerRunMax: concurrency }
  const engine = await openEngine({ store: `sqlite:${file}`, components: { '/count': count, '/total': total }, limits })
  const flow = engine.compile(`
steps:
  - { id: each, component: /count, forEach: { $input: $.items }, concurrency: ${concurrency}, input: { $item: $ } }
  - { id: total, component: /total, input: { $step: each } }
output: { $step: total }
`)
  const run = await engine.start(flow, { key: 'million', input: { items: Array.from({ length: items }, (_, n) => n) } })
  const outcome = await run.result()
  await engine.close()
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1_024)
  process.stdout.write(`${JSON.stringify({ calls, rssMb, outcome })}\n`)
}

type Line = {
  readonly calls: number
  readonly rssMb?: number
  readonly outcome?: { readonly result?: { readonly count: number; readonly sum: number } }
}

/** Runs it in a process of its own, which is killed once it has called so often. */
async function inProcess(file: string, killAtCalls: number): Promise<Line> {
  const args = [import.meta.filename, '--file', file, '--items', String(items), '--concurrency', String(concurrency)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let last: Line = { calls: 0 }
  let [text, rssMb] = ['', 0]
  child.stdout.on('data', (more: Buffer) => {
    text += String(more)
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    const line = lines.at(-1)
    if (line === undefined) return
    last = JSON.parse(line) as Line
    if (last.calls < killAtCalls || rssMb > 0) return
    rssMb = peakRssMb(child.pid)
    child.kill('SIGKILL')
  })
  await once(child, 'close')
  return { rssMb, ...last }
}

function peakRssMb(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1_024)
}

async function prove(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-million-'))
  const file = join(folder, 'runs.db')
  const first = await inProcess(file, items / 2)
  const second = await inProcess(file, Number.POSITIVE_INFINITY)
  rmSync(folder, { recursive: true })
  const result = second.outcome?.result
  const repeated = first.calls + second.calls - items
  console.table({ killed: first, 'went on': { calls: second.calls, rssMb: second.rssMb } })
  const isExact = result?.count === items && result.sum === (items * (items - 1)) / 2
  const isBounded = Math.max(first.rssMb ?? 0, second.rssMb ?? 0) < RSS_MB_MAX
  console.log(
    `${isExact ? 'exact' : `wrong: ${JSON.stringify(second.outcome)}`}; about ${repeated} of ${items} calls were repeated`,
  )
  console.log(`memory is ${isBounded ? 'below' : 'above'} ${RSS_MB_MAX} MB`)
  if (!isExact || !isBounded) process.exitCode = 1
}

await (values.file === undefined ? prove() : work(values.file))
