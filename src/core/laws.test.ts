import { expect, test } from 'vitest'
import { createRng } from '../lib/rng.ts'
import { playRandom } from '../testing/play.ts'

// More of them by hand: MILLRACE_CASES=100000 npx vitest run src/core/laws.test.ts
const CASES = Number(process.env['MILLRACE_CASES'] ?? 3_000)
const FIRST_SEED = Number(process.env['MILLRACE_SEED'] ?? 1)

test('the laws hold on random plans with loops, frames, retries, skips, joins, lazy branches, and crashes', {
  timeout: 600_000,
}, () => {
  const counts: Record<string, number> = {}
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed += 1) {
    for (const [what, isSeen] of Object.entries(play(seed))) counts[what] = (counts[what] ?? 0) + (isSeen ? 1 : 0)
  }
  console.log(
    `${CASES} cases: ${Object.entries(counts)
      .map(([what, count]) => `${count} with ${what}`)
      .join(', ')}`,
  )
  const rare = Object.keys(counts).filter((what) => (counts[what] ?? 0) < CASES / 100)
  expect(CASES < 1_000 ? [] : rare).toEqual([])
})

function play(seed: number): Record<string, boolean> {
  try {
    return playRandom(createRng(seed))
  } catch (error) {
    throw new Error(
      `Seed ${seed} breaks a law; again: MILLRACE_SEED=${seed} MILLRACE_CASES=1 npx vitest run src/core/laws.test.ts`,
      { cause: error },
    )
  }
}
