// A power cut takes nothing that was told, and would take something if the engine did not wait for the disk.
// Many more of them: node test/recovery/prove.ts --cuts 20
import { expect, test } from 'vitest'
import { firstLoss, tryCut } from './cuts.ts'
import { prepareReading } from './stored.ts'
import { createTally } from './tally.ts'
import { toolsMissing } from './tools.ts'

test.skipIf(toolsMissing)('a power cut takes nothing that was told', { timeout: 120_000 }, async () => {
  await prepareReading()
  const tally = createTally()
  for (const [afterMs, language] of [
    [120, 'stepflow'],
    [350, 'jinba'],
    [600, 'stepflow'],
  ] as const) {
    const { verdict, toldCount } = await tryCut(language, afterMs)
    tally.add(language, `${language} after ${afterMs} ms`, verdict)
    expect(toldCount).toBeGreaterThan(0)
  }
  expect(tally.faults).toEqual([])
})

test.skipIf(toolsMissing)(
  'a power cut takes something that was told by whoever does not wait for the disk',
  { timeout: 120_000 },
  async () => {
    expect((await firstLoss()).lost).toBeGreaterThan(0)
  },
)
