// What those outside of every process have at hand: clients and operators.
import type { Rng } from '../../src/lib/rng.ts'
import type { Disk } from './disk.ts'
import type { Findings } from './findings.ts'
import type { Workload } from './flows.ts'
import type { Process } from './process.ts'
import type { Scheduler } from './scheduler.ts'
import type { Seen } from './seen.ts'

export type ClientPorts = {
  readonly rng: Rng
  readonly scheduler: Scheduler
  readonly disk: Disk
  readonly findings: Findings
  readonly workload: Workload
  readonly seen: Seen
  /** The process that serves right now. */
  readonly serving: () => Process | null
}
