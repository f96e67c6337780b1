// How rough the world of a seed is: how often its store fails or is full, its process crashes, and how little of everything there is.
import type { Rng } from '../../src/lib/rng.ts'

export type Weather = {
  /** After each action. */
  readonly crashes: number
  readonly crashesMax: number
  /** Of one write. */
  readonly failsBefore: number
  readonly failsAfter: number
  readonly failuresMax: number
  /** When the disk becomes full, and for how long. */
  readonly full: readonly { readonly atMs: number; readonly forMs: number }[]
  readonly spillBytesMin: number | null
  readonly decisionsPerTurnMax: number
  /** Runs that rest for longer than this leave memory. */
  readonly restMsMin: number
  readonly callsPerEngineMax: number
}

export function randomWeather(rng: Rng): Weather {
  const isRough = rng.chance(0.4)
  return {
    crashes: rng.pick([0, 0, 0.005, 0.02, 0.05]),
    crashesMax: 4,
    failsBefore: isRough ? rng.pick([0, 0.02, 0.1]) : 0,
    failsAfter: isRough ? rng.pick([0, 0.02, 0.1]) : 0,
    failuresMax: 2,
    full: Array.from({ length: rng.pick([0, 0, 0, 1, 2]) }, () => ({
      atMs: rng.below(rng.pick([150, 600])),
      forMs: rng.pick([20, 300, 2_000]),
    })),
    spillBytesMin: rng.pick([null, 12, 12, 40]),
    decisionsPerTurnMax: rng.pick([1, 5, 3_000]),
    restMsMin: rng.pick([0, 20, 1_000]),
    callsPerEngineMax: rng.pick([1, 3, 1_024]),
  }
}
