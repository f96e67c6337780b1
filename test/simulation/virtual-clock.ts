// The clock of one process: virtual time, which also passes while the process computes, and chance from the seed.
import type { Clock } from '../../src/engine/clock.ts'
import type { Rng } from '../../src/lib/rng.ts'
import type { Owner, Scheduler } from './scheduler.ts'

/** How late a timer may be. */
const LATE_MS_MAX = 3
/** How often a look at the clock finds that a millisecond has passed. */
const TICKS = 0.02

/** @param aheadMs What the wall clock of this machine shows more, or less, than the time that really passed. */
export function createVirtualClock(scheduler: Scheduler, rng: Rng, owner: Owner, aheadMs: number): Clock {
  const nowMs = (): number => {
    if (rng.chance(TICKS)) scheduler.nowMs += 1
    return scheduler.nowMs + aheadMs
  }
  return {
    nowMs,
    chance: () => rng.next(),
    wakeAt(atMs, wake) {
      const delayMs = Math.max(0, atMs - aheadMs - scheduler.nowMs)
      return scheduler.after(delayMs + rng.below(LATE_MS_MAX), owner, wake)
    },
    yieldThen: (next) => void scheduler.after(0, owner, next),
  }
}
