// Spans of time as people write them. Strict: what is not in this grammar is not guessed.
//   250ms  30s  5m  2h  7d      a number and a unit
//   PT30S  P1DT2H  P2W          ISO 8601, without years and months, whose length is not fixed
//   30  1.5                     seconds

const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
const short = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d)$/
const bare = /^\d{1,15}(?:\.\d{1,9})?$/
const iso =
  /^P(?=.)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?$/
/** Of the groups of `iso`. */
const isoMs = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000]

/**
 * A span of time in whole milliseconds, or `null` where `value` is none.
 *
 * @example durationMs('1.5s') // 1500
 */
export function durationMs(value: string | number): number | null {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? Math.round(value * 1_000) : null
  if (bare.test(value)) return Math.round(Number(value) * 1_000)
  const [, amount, unit] = short.exec(value) ?? []
  if (amount !== undefined && unit !== undefined) return Math.round(Number(amount) * (unitMs.get(unit) ?? 0))
  const parts = iso.exec(value)?.slice(1)
  if (parts === undefined) return null
  return Math.round(parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (isoMs[index] ?? 0), 0))
}
