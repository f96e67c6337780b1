// A disk that is full, or that fails, makes no answer false.
// Many more of them: node test/recovery/prove.ts --errors 90
import { expect, test } from 'vitest'
import { nameOfError, planErrors, tryError } from './errors.ts'
import { prepareReading } from './stored.ts'
import { createTally } from './tally.ts'
import { toolsMissing } from './tools.ts'

const POINTS = 20

test.skipIf(toolsMissing)('whatever write or sync fails, what was told is stored', { timeout: 300_000 }, async () => {
  await prepareReading()
  const tally = createTally()
  for (const point of await planErrors(POINTS)) tally.add(point.kind, nameOfError(point), await tryError(point))
  expect(tally.faults).toEqual([])
  expect(tally.table().map(({ row }) => row)).toEqual(['EIO', 'ENOSPC', 'ENOSPC for good'])
})
