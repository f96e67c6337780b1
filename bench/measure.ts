// Times a function as PERFORMANCE asks: garbage collected once, the cold run apart, warmed up, then repeated; medians.

export type Timing = {
  readonly firstMs: number
  readonly medianMs: number
  readonly minMs: number
  readonly repetitions: number
}

const REPETITIONS_MIN = 3
const WARM_UP_MS = 1_000
const MEASURED_MS = 1_000

export async function time(work: () => Promise<void>): Promise<Timing> {
  const [timing] = await timeInTurn([work])
  if (timing === undefined) throw new Error('Nothing was timed')
  return timing
}

/** Times several kinds of work, one after another and again, so that whatever disturbs one disturbs all. */
export async function timeInTurn(works: readonly (() => Promise<void>)[]): Promise<readonly Timing[]> {
  globalThis.gc?.()
  const cases: { work: () => Promise<void>; firstMs: number; times: number[] }[] = []
  for (const work of works) cases.push({ work, firstMs: await once(work), times: [] })
  for (const work of works) {
    const warmUntil = performance.now() + WARM_UP_MS
    while (performance.now() < warmUntil) await work()
  }
  const until = performance.now() + MEASURED_MS * works.length
  for (let turn = 0; turn < REPETITIONS_MIN || performance.now() < until; turn += 1)
    for (const { work, times } of cases) times.push(await once(work))
  return cases.map(({ firstMs, times }) => ({
    firstMs,
    medianMs: median(times),
    minMs: times.reduce((least, ms) => Math.min(least, ms)),
    repetitions: times.length,
  }))
}

async function once(work: () => Promise<void>): Promise<number> {
  const beganMs = performance.now()
  await work()
  return performance.now() - beganMs
}

const CLIENTS_RUNS_MIN = 1_000
const CLIENTS_MS = 300

export type Throughput = { readonly runsPerS: number; readonly p50Ms: number; readonly p99Ms: number }

/** Clients in a closed loop: each starts its next run when it has the result of the last. */
export async function closedLoop(clients: number, run: () => Promise<void>): Promise<Throughput> {
  const times: number[] = []
  const beganMs = performance.now()
  const client = async (): Promise<void> => {
    while (times.length < CLIENTS_RUNS_MIN || performance.now() - beganMs < CLIENTS_MS) times.push(await once(run))
  }
  await Promise.all(Array.from({ length: clients }, client))
  const tookS = (performance.now() - beganMs) / 1_000
  return {
    runsPerS: times.length / tookS,
    p50Ms: median(times),
    p99Ms: times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0,
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[middle - 1] ?? sorted[middle], sorted[middle]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

/** (max − min) / median: how far rounds lie apart. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values)
}

/** A fixed loop of integers, to see a disturbed round. */
export function calibrate(): number {
  const beganMs = performance.now()
  let mixed = 1
  for (let index = 0; index < 20_000_000; index += 1) mixed = (Math.imul(mixed, 1_664_525) + 1_013_904_223) | 0
  return performance.now() - beganMs + (mixed === 0 ? 1 : 0)
}
