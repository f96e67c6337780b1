import { expect, test } from 'vitest'
import { durationMs } from './duration.ts'

test.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['PT30S', 30_000],
  ['PT0.25S', 250],
  ['P1DT2H3M4S', 93_784_000],
  ['P2W', 1_209_600_000],
  ['30', 30_000],
  [30, 30_000],
  [0.5, 500],
  [0, 0],
])('%j is %d milliseconds', (value, ms) => {
  expect(durationMs(value)).toBe(ms)
})

const broken = '|s|30 s|30S|-1s|+1s|1e3s|1h30m|1y|P|PT|P1Y|P1M|pt1s|٣s|1.s|.5s'.split('|')

test.each([...broken, -1, Number.NaN, Number.POSITIVE_INFINITY])('%j is no span of time', (value) => {
  expect(durationMs(value)).toBeNull()
})
