// How often the rules of stubs have answered, run by run.
import type { Call } from '../component.ts'
import type { Rule } from './read-stubs.ts'

/** The uses of one run. */
export type RunCounts = {
  readonly uses: Map<Rule, number>
  /** The last attempt of each task that may be tried again, by its key. */
  readonly attempts: Map<string, number>
}

/** Runs beyond this begin to count anew, the one that was asked least recently first. */
const runsCountedMax = 10_000

export function createCounts(): (call: Call) => RunCounts {
  const runs = new Map<string, RunCounts>()
  return ({ run }) => {
    const counts = runs.get(run) ?? { uses: new Map(), attempts: new Map() }
    runs.delete(run)
    runs.set(run, counts)
    const [oldest] = runs.keys()
    if (runs.size > runsCountedMax && oldest !== undefined) runs.delete(oldest)
    return counts
  }
}
