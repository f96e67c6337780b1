// Runs that rest for long are out of memory: an alarm is left of each, and it is read when that rings or something arrives for it.
// R1  A run leaves memory only when all that it has decided is stored and done, and nothing but a time or a person moves it on.
// R2  A run that another process left at rest is not read before it goes on.
// R3  Runs are read again in the order in which they were wanted, a few in each turn of the event loop.
import type { Fact } from '../core/facts.ts'
import type { Json } from '../lib/json.ts'
import { StoreError } from '../stores/store-error.ts'
import type { RunRow } from '../stores/store.ts'
import type { Alarms } from './alarms.ts'
import type { Clock } from './clock.ts'
import { FULL_RETRY_MS } from './commit.ts'
import type { Limits } from './limits.ts'
import { LiveRun, tasksInDoubt } from './live-run.ts'
import type { ProgramOf } from './recover.ts'
import { createSecrets } from './secrets.ts'
import type { StoredRuns } from './stored-runs.ts'
import { sealVariables } from './variables.ts'

export type ResumeOptions = {
  readonly variables?: { readonly [name: string]: Json }
  /** Also where it was paused, or set aside. */
  readonly isForced?: boolean
}

export type SleeperPorts = {
  readonly clock: Clock
  readonly alarms: Alarms
  readonly limits: Limits
  readonly stored: StoredRuns
  readonly programOf: ProgramOf
  /** The run is in memory again. */
  readonly onAwake: (run: LiveRun, why: Fact) => void
  /** It cannot be read, or must not go on. */
  readonly onLost: (run: LiveRun, error: unknown) => void
  /** The store failed. */
  readonly onFailed: (error: unknown) => void
}

export type Sleepers = {
  /** Lets a run leave memory where it rests for long. */
  settle(run: LiveRun): void
  /** Has it read again. */
  wake(run: LiveRun): void
  /** A run of the store: asleep where it rests for long, otherwise in memory; one that has ended only tells how. */
  takeUp(row: RunRow, given: ResumeOptions): Promise<LiveRun>
  /** Has no more runs read; resolved when none is being read. Those that were do not go on. */
  close(): Promise<void>
}

const READS_PER_TURN = 256

export function createSleepers(ports: SleeperPorts): Sleepers {
  const { clock, alarms, limits, stored } = ports
  let wanted: LiveRun[] = []
  let reading: Promise<void> | null = null
  let isClosed = false

  function settle(run: LiveRun): void {
    const wakeAtMs = restsUntil(run.row)
    if (wakeAtMs === null || !isAtRest(run)) return
    run.fallAsleep()
    rest(run, wakeAtMs)
  }

  /** When a run of this row goes on by itself, if that is long enough away; a person may decide at any time. */
  function restsUntil({ status, waitsFor }: RunRow): number | null {
    if (status !== 'running' || waitsFor === null) return null
    if (waitsFor.kind !== 'timer' && waitsFor.kind !== 'decision') return null
    const { untilMs = Number.POSITIVE_INFINITY } = waitsFor
    return untilMs - clock.nowMs() > limits.restMsMin ? untilMs : null
  }

  function rest(run: LiveRun, wakeAtMs: number): void {
    if (Number.isFinite(wakeAtMs)) run.restAlarm = alarms.set(wakeAtMs, () => wake(run))
  }

  function wake(run: LiveRun): void {
    if (run.isWaking || !run.isAsleep) return
    run.isWaking = true
    want(run)
  }

  function want(run: LiveRun): void {
    wanted.push(run)
    if (!isClosed) reading ??= readAll()
  }

  async function readAll(): Promise<void> {
    for (let some = wanted.splice(0, READS_PER_TURN); some.length > 0; some = wanted.splice(0, READS_PER_TURN)) {
      await Promise.all(some.map(read))
      if (isClosed) return
      if (wanted.length > 0) await new Promise<void>((next) => clock.yieldThen(next))
    }
    reading = null
  }

  async function read(run: LiveRun): Promise<void> {
    try {
      if (run.broken !== null) return // nobody waits for it any more
      const why: Fact = run.isTaken ? { kind: 'wake' } : { kind: 'resume' }
      await load(run, {})
      if (run.broken === null && !isClosed) ports.onAwake(run, why)
    } catch (error) {
      if (!(error instanceof StoreError)) ports.onLost(run, error)
      else if (error.isRetryable) return void alarms.set(clock.nowMs() + FULL_RETRY_MS, () => want(run))
      else ports.onFailed(error)
    }
    run.isWaking = false
  }

  /** @throws what {@link StoredRuns.takeUp} throws. */
  async function load(run: LiveRun, { variables = {}, isForced = false }: ResumeOptions): Promise<void> {
    const taken = run.isTaken
      ? { row: run.row, ...(await stored.load(run.row)) }
      : await stored.takeUp(run.id, variables, isForced)
    const { row, state, eventCount, lastMs } = taken
    if (!run.isTaken) {
      run.row = row
      run.secrets = createSecrets(sealVariables(state.root.plan, variables).secrets)
      run.inDoubt = tasksInDoubt(state)
    }
    run.isTaken = true
    run.nextSeq = eventCount
    run.lastMs = Math.max(run.lastMs, lastMs)
    run.wakeUp(state)
  }

  async function takeUp(row: RunRow, given: ResumeOptions): Promise<LiveRun> {
    const run = new LiveRun(row, null, createSecrets(new Map()), row.given.callsMax ?? limits.callsPerRunMax)
    const wakeAtMs = given.isForced === true ? null : restsUntil(row)
    if (wakeAtMs !== null && !(await usesSecrets(row))) {
      run.noticeStored(null)
      rest(run, wakeAtMs)
      return run
    }
    await load(run, given)
    const { outcome } = run.state
    if (outcome !== null) {
      run.noticeStored(null)
      run.tell(outcome)
    }
    return run
  }

  /** Whoever takes it up has to give them: better that this is told now than when it goes on. */
  async function usesSecrets(row: RunRow): Promise<boolean> {
    const program = await ports.programOf(row.plan)
    return program === null || program.plan.variables.some(({ isSecret }) => isSecret)
  }

  async function close(): Promise<void> {
    isClosed = true
    await reading
  }

  return { settle, wake, takeUp, close }
}

function isAtRest(run: LiveRun): boolean {
  const isDone = run.isAsleep || run.outcome !== null || run.broken !== null
  const decides = run.isQueued || run.turnsAhead > 0
  const works = run.callCount > 0 || run.callsReserved > 0 || (run.inDoubt?.size ?? 0) > 0
  return !isDone && !decides && !works
}
