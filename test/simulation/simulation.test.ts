// The whole engine in virtual time, from seeds: what it must hold is said in `simulation.ts`, `disk.ts`, `ledger.ts` and `check-run.ts`.
import { expect, test } from 'vitest'
import { playSeeds } from './play-seeds.ts'
import { countSights, describeCounts } from './seen.ts'

// More of them by hand: node test/simulation/run.ts --seeds 100000
const SEEDS = 2_000

test('whatever fails and crashes, each run ends as its plan says, and nothing that was told is lost', {
  timeout: 300_000,
}, async () => {
  const { played, failure } = await playSeeds(1, SEEDS)
  if (failure !== null) throw new Error(failure.again, { cause: failure.error })
  const counts = countSights(played)
  console.log(`${played.length} seeds: ${describeCounts(counts)}`)
  const rare = [...counts].flatMap(([sight, count]) =>
    sight !== 'something undetermined' && count < SEEDS / 100 ? [sight] : [],
  )
  expect(rare, 'what the workload hardly triggers is not tested').toEqual([])
  expect(counts.get('something undetermined')).toBeLessThan(SEEDS / 20)
})

test('a seed plays the same each time', async () => {
  const [once, again] = [await playSeeds(1, 100), await playSeeds(1, 100)]
  expect(again).toEqual(once)
})
