// What one turn of the event loop may do: so many decisions and so much time; then whatever else waits has its turn.
// The clock is read once for many decisions.
import type { Clock } from './clock.ts'
import type { Limits } from './limits.ts'

export type Budget = {
  /** What the clock said last. */
  nowMs(): number
  /** Something took its time: the clock is read again when it is next asked. */
  passTime(): void
  spend(decisions: number): void
  /** Whether this turn has something left. What it has is given back when the others had theirs. */
  mayGoOn(): boolean
}

/** @param onRenewed Calls it when there is a budget again. */
export function createBudget(clock: Clock, limits: Limits, onRenewed: () => void): Budget {
  let readMs: number | null = null
  let decisions = 0
  let beganMs = 0
  let isBegun = false

  function renew(): void {
    isBegun = false
    onRenewed()
  }

  return {
    nowMs() {
      readMs ??= clock.nowMs()
      return readMs
    },
    passTime() {
      readMs = null
    },
    spend(count) {
      decisions += count
    },
    mayGoOn() {
      readMs = clock.nowMs()
      if (!isBegun) {
        isBegun = true
        decisions = 0
        beganMs = readMs
        clock.yieldThen(renew)
      }
      return decisions < limits.decisionsPerTurnMax && readMs - beganMs <= limits.turnMsMax
    },
  }
}
