// Time and chance as the engine sees them: an argument, so that a test can turn the clock.

export type Clock = {
  /** Epoch milliseconds. */
  nowMs(): number
  /**
   * Calls `wake` once, no earlier than at `atMs`; returns what takes that back.
   *
   * @param isAwaited `false`: the process may end before, if nothing else keeps it.
   */
  wakeAt(atMs: number, wake: () => void, isAwaited?: boolean): () => void
  /** In [0, 1). */
  chance(): number
  /** Calls `next` after other work of the event loop had its turn. */
  yieldThen(next: () => void): void
}

const DELAY_MS_MAX = 2_147_483_647 // a longer delay makes setTimeout fire at once

export const systemClock: Clock = {
  nowMs: Date.now,
  chance: Math.random,
  yieldThen: (next) => void setImmediate(next),
  wakeAt(atMs, wake, isAwaited = true) {
    const arm = (): NodeJS.Timeout => {
      const armed = setTimeout(fire, Math.min(DELAY_MS_MAX, Math.max(0, atMs - Date.now())))
      return isAwaited ? armed : armed.unref()
    }
    const fire = (): void => {
      if (Date.now() >= atMs) wake()
      else timer = arm() // a timer may fire a little early, or the delay was clipped
    }
    let timer = arm()
    return () => clearTimeout(timer)
  },
}
