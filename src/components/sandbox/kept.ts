// Threads and processes that are kept for the next run of code: starting one takes far longer than most code.

/** What can be kept. */
export type Kind<T> = {
  readonly start: () => T
  /** Whether it can be used: it may have ended meanwhile. */
  readonly isAlive: (one: T) => boolean
  /** Whether it keeps our process from ending. */
  readonly hold: (one: T, isHeld: boolean) => void
  readonly end: (one: T) => unknown
}

export type Kept<T> = {
  /** `use` of one; it is kept afterwards where `isClean` says that nothing of the run is left in it, and ended otherwise. */
  use<R>(use: (one: T) => Promise<R>, isClean: (result: R) => boolean): Promise<R>
  close(): void
}

/** @param idleMax How many are kept while there is nothing to do. */
export function createKept<T>({ start, isAlive, hold, end }: Kind<T>, idleMax: number): Kept<T> {
  const idle = new Set<T>()
  let isClosed = false

  function take(): T {
    const [kept] = idle
    if (kept === undefined) return start()
    idle.delete(kept)
    if (!isAlive(kept)) return take()
    hold(kept, true)
    return kept
  }

  return {
    async use(use, isClean) {
      const one = take()
      let isKept = false
      try {
        const result = await use(one)
        isKept = isClean(result) && idle.size < idleMax && !isClosed
        return result
      } finally {
        if (isKept) {
          hold(one, false)
          idle.add(one)
        } else await end(one)
      }
    },
    close() {
      isClosed = true
      for (const one of idle) void end(one)
      idle.clear()
    },
  }
}
