// One process: an engine with its store, its clock and its components. What it does ends with it.
import type { Components } from '../../src/components/component.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { LiveRun } from '../../src/engine/live-run.ts'
import type { Rng } from '../../src/lib/rng.ts'
import { parts } from '../../src/parts.ts'
import type { Disk } from './disk.ts'
import { openFaultyStore, type FaultyStore } from './faulty-store.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import { createVirtualClock } from './virtual-clock.ts'
import type { Weather } from './weather.ts'

export type Process = {
  readonly number: Owner
  readonly engine: Engine
  readonly store: FaultyStore
  /** Runs that somebody watches. */
  readonly live: Map<string, LiveRun>
  /** Its store has refused something. */
  hasFailed: boolean
}

export type ProcessPorts = {
  readonly number: Owner
  readonly rng: Rng
  readonly scheduler: Scheduler
  readonly disk: Disk
  readonly weather: Weather
  readonly mayFail: boolean
  readonly components: Components
  readonly onFailed: (how: 'before' | 'after') => void
}

const STORE_MS_MAX = 5

/** The code of an error of the engine or its store. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null
}

export function openProcess(ports: ProcessPorts): Process {
  const { number, rng, scheduler, disk, weather, mayFail, components, onFailed } = ports
  const { spillBytesMin, failsBefore, failsAfter, decisionsPerTurnMax, callsPerEngineMax, restMsMin } = weather
  const opened = { hasFailed: false }
  const aheadMs = number === 1 ? 0 : rng.pick([0, 0, 0, 3_600_000, -3_600_000])
  const store = openFaultyStore(disk, scheduler, rng, number, {
    spillBytesMin,
    failsBefore: mayFail ? failsBefore : 0,
    failsAfter: mayFail ? failsAfter : 0,
    delayMsMax: STORE_MS_MAX,
    onFailed(how) {
      opened.hasFailed = true
      onFailed(how)
    },
  })
  const engine = createEngine({
    store,
    components,
    clock: createVirtualClock(scheduler, rng, number, aheadMs),
    limits: { decisionsPerTurnMax, callsPerEngineMax, restMsMin },
    texts: () => parts.texts(),
  })
  return Object.assign(opened, { number, engine, store, live: new Map<string, LiveRun>() })
}
