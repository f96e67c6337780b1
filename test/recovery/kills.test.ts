// A process that is killed at any of its system calls loses nothing that it told, and does nothing twice.
// Many more of them: node test/recovery/prove.ts --kills 500
import { expect, test } from 'vitest'
import { KILL_CALLS, nameOfKill, planKills, tryKill } from './kills.ts'
import { prepareReading } from './stored.ts'
import { createTally } from './tally.ts'
import { toolsMissing } from './tools.ts'

const POINTS = 60

test.skipIf(toolsMissing)(
  'killed at any system call, a process loses nothing that it told',
  { timeout: 300_000 },
  async () => {
    await prepareReading()
    const tally = createTally()
    for (const point of await planKills(POINTS)) {
      const { verdict } = await tryKill(point)
      tally.add(point.call, nameOfKill(point), verdict)
    }
    expect(tally.faults).toEqual([])
    expect(new Set(tally.table().map(({ row }) => row))).toEqual(new Set(KILL_CALLS))
  },
)
