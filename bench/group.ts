// One workload group in a process of its own: prints one JSON line per cell.
//   node --expose-gc bench/group.ts memory W1
import { availableParallelism, loadavg } from 'node:os'
import { component, openEngine } from '../src/index.ts'
import { DURABLE } from './durable.ts'
import { calibrate, closedLoop, time } from './measure.ts'
import { templateCells } from './templates.ts'
import { chain, COMPONENTS, diamonds, fanOut, forEach, large, manifests, type Workload } from './workloads.ts'

type Engine = Awaited<ReturnType<typeof openEngine>>

const MEMORY: Readonly<Record<string, () => Promise<void>>> = {
  W1: () => cells([10, 100, 1_000, 10_000, 100_000].map(chain)),
  W2: () => cells([10, 100, 1_000, 10_000].map(fanOut)),
  W3: () => cells([diamonds(50)]),
  W4: () => cells([1_000, 10_000, 100_000].map((size) => forEach(size))),
  manifests: () => cells([chain(1_000), fanOut(1_000), forEach(10_000), ...manifests(1_000)]),
  W4rss: peakMemory,
  W5: () => clients([1, 50, 200]),
  W7: () => cells([1, 10].map((size) => large(size, { isChanged: true, isSame: true }))),
  compile: compileCell,
  sync: syncCells,
  templates: async () => (await templateCells()).forEach(print),
}

async function cells(workloads: readonly Workload[]): Promise<void> {
  const engine = await openEngine({ store: 'memory', components: COMPONENTS })
  for (const workload of workloads) await cell(engine, workload, '')
  await engine.close()
}

async function cell(
  engine: Engine,
  { name, size, steps, flow: text, input, isRight, limit }: Workload,
  kind: string,
): Promise<void> {
  const beganMs = performance.now()
  const flow = engine.compile(text, { file: 'bench.json' })
  const prepareMs = performance.now() - beganMs
  const limitTiming = await time(async () => check(isRight(await limit())))
  const timing = await time(async () => {
    const outcome = await engine.run(flow, { input })
    check(outcome.outcome === 'success' && isRight(outcome.result))
  })
  print({ workload: name + kind, size, steps, ...timing, prepareMs, limitMs: limitTiming.medianMs })
}

/** Components that answer at once, in the same turn. */
async function syncCells(): Promise<void> {
  const inc = component({ effect: 'pure', run: ({ v }: { v: number }) => ({ v: v + 1 }) })
  const engine = await openEngine({ store: 'memory', components: { '/inc': inc } })
  for (const size of [1_000, 10_000]) await cell(engine, chain(size), ', answers at once')
  await engine.close()
}

async function peakMemory(): Promise<void> {
  const engine = await openEngine({ store: 'memory', components: COMPONENTS })
  const { flow: text, input, isRight, size } = forEach(100_000)
  const outcome = await engine.run(engine.compile(text), { input })
  check(outcome.outcome === 'success' && isRight(outcome.result))
  print({ workload: 'W4 forEach, peak memory', size, steps: size, peakRssMiB: process.resourceUsage().maxRSS / 1_024 })
}

async function clients(counts: readonly number[]): Promise<void> {
  const engine = await openEngine({ store: 'memory', components: COMPONENTS })
  const { flow: text, input, isRight, limit } = chain(5)
  const flow = engine.compile(text)
  const run = async (): Promise<void> => {
    const outcome = await engine.run(flow, { input })
    check(outcome.outcome === 'success' && isRight(outcome.result))
  }
  for (const count of counts) {
    await closedLoop(count, run)
    const limited = await closedLoop(count, async () => check(isRight(await limit())))
    const measured = await closedLoop(count, run)
    print({ workload: 'W5 many runs', size: count, steps: 5, ...measured, limitRunsPerS: limited.runsPerS })
  }
  await engine.close()
}

async function compileCell(): Promise<void> {
  const engine = await openEngine({ store: 'memory', components: COMPONENTS })
  const json: unknown = JSON.parse(chain(1_000).flow)
  const { dump, load } = await import('js-yaml')
  const yaml = dump(json)
  const limitTiming = await time(async () => void load(yaml))
  const timing = await time(async () => check(engine.compile(yaml).kind === 'flow'))
  print({ workload: 'compile, YAML', size: 1_000, steps: 1_000, ...timing, limitMs: limitTiming.medianMs })
}

function check(isRight: boolean): void {
  if (!isRight) throw new Error('A run has the wrong result')
}

function print(line: object): void {
  process.stdout.write(
    `${JSON.stringify({ ...line, load: loadavg()[0], cores: availableParallelism(), node: process.versions.node })}\n`,
  )
}

const [store, name = ''] = process.argv.slice(2)
const group = store === 'sqlite' ? DURABLE[name] : MEMORY[name]
if (group === undefined) throw new Error(`No group ${name} of ${store}`)
const beforeMs = calibrate()
await group(print)
print({ workload: 'calibration', beforeMs, afterMs: calibrate() })
