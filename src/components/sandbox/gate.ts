// Lets so many in at once; the others wait in the order in which they came.

export type Gate = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>

/** @param most How many are in at once. */
export function createGate(most: number): Gate {
  const waiting: (() => void)[] = []
  let inside = 0

  async function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (inside < most) return void (inside += 1)
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        waiting.splice(waiting.indexOf(go), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      waiting.push(go)
    })
  }

  return async (work, signal) => {
    await enter(signal)
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) inside -= 1
      else next()
    }
  }
}
