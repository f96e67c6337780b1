// Plays seeds by hand: `node test/simulation/run.ts --seeds 100000`, or one of them again: `--seed 12345`.
import { parseArgs } from 'node:util'
import { countSights, describeCounts } from './seen.ts'
import { playSeeds } from './play-seeds.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    /** Stops by itself after so many seconds. */
    seconds: { type: 'string', default: '86400' },
  },
})
const from = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.seeds) : 1
const startedMs = Date.now()
const { played, failure } = await playSeeds(from, count, startedMs + Number(values.seconds) * 1_000)
console.log(`${played.length} seeds: ${describeCounts(countSights(played))} (${Date.now() - startedMs} ms)`)
if (failure !== null) {
  console.log(failure.error)
  console.log(failure.again)
  process.exitCode = 1
}
