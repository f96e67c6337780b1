// Seeds one after another, up to the first that finds something.
import type { Seen } from './seen.ts'
import { simulate } from './simulation.ts'

export type Played = {
  readonly played: readonly Seen[]
  readonly failure: { readonly seed: number; readonly error: unknown; readonly again: string } | null
}

/** @param untilMs No seed begins after this time. */
export async function playSeeds(from: number, count: number, untilMs = Number.POSITIVE_INFINITY): Promise<Played> {
  const played: Seen[] = []
  for (let seed = from; seed < from + count && Date.now() < untilMs; seed += 1) {
    try {
      played.push(await simulate(seed))
    } catch (error) {
      return { played, failure: { seed, error, again: `node test/simulation/run.ts --seed ${seed}` } }
    }
  }
  return { played, failure: null }
}
