// Chance from a seed: the same seed, the same numbers, on every machine.

export type Rng = {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  below(below: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** One of `choices`, which must not be empty. */
  pick<T>(choices: readonly T[]): T
}

/** @see mulberry32 by Tommy Ettinger: 32 bits of state, good enough for tests and jitter. */
export function createRng(seed: number): Rng {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick(choices) {
      const choice = choices[below(choices.length)]
      if (choice === undefined) throw new RangeError('There is nothing to pick from')
      return choice
    },
  }
}
