// Times a function as PERFORMANCE asks: garbage collected once, the cold run apart, warmed up, then repeated; medians.

export type Timing = {
  readonly firstMs: number
  readonly medianMs: number
  readonly minMs: number
  readonly repetitions: number
}

const REPETITIONS_MIN = 3
const WARM_UP_MS = 200
const MEASURED_MS = 400

export async function time(work: () => Promise<void>): Promise<Timing> {
  globalThis.gc?.()
  const firstMs = await once(work)
  const warmUntil = performance.now() + WARM_UP_MS
  while (performance.now() < warmUntil) await work()
  const times: number[] = []
  const until = performance.now() + MEASURED_MS
  while (times.length < REPETITIONS_MIN || performance.now() < until) times.push(await once(work))
  return {
    firstMs,
    medianMs: median(times),
    minMs: times.reduce((least, ms) => Math.min(least, ms)),
    repetitions: times.length,
  }
}

async function once(work: () => Promise<void>): Promise<number> {
  const beganMs = performance.now()
  await work()
  return performance.now() - beganMs
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
