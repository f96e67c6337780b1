// What must hold of a run that has ended, told from what is stored of it: the laws, the replay, the ledger, and what the oracle says.
import { assertOrderly, fingerprint, replay } from '../../src/core/laws.ts'
import { assert } from '../../src/lib/assert.ts'
import { compareRun } from './compare-run.ts'
import type { Decisions } from './decisions.ts'
import type { Disk } from './disk.ts'
import type { Ledger } from './ledger.ts'
import { checkLogs } from './logs.ts'
import type { World } from './oracle.ts'
import { checkLimits } from './overtime.ts'
import type { Seen } from './seen.ts'

export type Books = { readonly disk: Disk; readonly ledger: Ledger; readonly decisions: Decisions }

export function checkRun(id: string, { disk, ledger, decisions }: Books, world: World, seen: Seen): void {
  const stored = disk.runs.get(id)
  assert(stored !== undefined, `run ${id} is stored`)
  const events = disk.read(id)
  const { state } = stored
  assert(state.outcome !== null, `run ${id} has an end`)
  assertOrderly(state.root, events)
  checkLimits(events)
  const again = replay(state.root, state.programs, events, disk.loaded())
  assert(fingerprint(again.state) === fingerprint(state), 'a run that is read is the run that was written')
  checkLogs(world.seed, state.root, state.programs, events)
  ledger.checkSuccesses(id, events, (step, lane) => decisions.told(id, step, lane)?.kind === 'done')
  decisions.checkUnparked(id, events)
  compareRun(stored, disk, decisions, world, seen)
}
