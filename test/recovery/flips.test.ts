// A bit that flips in a file changes nothing that is read, or is noticed.
// Many more of them: node test/recovery/prove.ts --flips 1000
import { expect, test } from 'vitest'
import { flipBits } from './flips.ts'
import { prepareReading } from './stored.ts'

test('a bit that flips in a file changes nothing that is read, or is noticed', { timeout: 120_000 }, async () => {
  await prepareReading()
  const { refused, wrong } = await flipBits(51, 1)
  expect(wrong).toEqual([])
  expect(refused).toBeGreaterThan(0)
})
