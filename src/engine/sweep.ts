// Finds live runs that nothing would wake any more, and has them go on. There should never be one: each is a mistake, or a timer
// that did not ring, and is counted.
// W1  A run is lost when it stands as it did at the look before, has not ended, nobody has paused it, nothing has arrived for it, no
//     component works for it, and it waits neither for a time that is still to come, nor for somebody, nor for a slot.
// W2  It goes on as it would in the next process: the core says again what it owes. So what was being done is another attempt, and
//     what must not be done twice waits for a decision.
// W3  Looking has the clock to itself, and not the alarms: it is there for when those do not ring.
import type { Fact } from '../core/facts.ts'
import type { Alarms } from './alarms.ts'
import type { Clock } from './clock.ts'
import { type LiveRun, tasksInDoubt } from './live-run.ts'

/** Between two looks. A run that is lost stands still for two at most. */
export const SWEEP_MS = 60_000

export type SweepPorts = {
  readonly clock: Clock
  readonly alarms: Alarms
  /** Those that have not ended. */
  readonly runs: () => Iterable<LiveRun>
  /** Whether what was decided cannot be stored at the moment: then all stand still, and rightly. */
  readonly isHeld: () => boolean
  readonly post: (run: LiveRun, fact: Fact) => void
}

export type Sweep = {
  /** Has runs looked at from now on, for as long as one of them may go on. */
  watch(): void
  /** Runs that were found lost. */
  readonly foundCount: number
  close(): void
}

export function createSweep({ clock, alarms, runs, isHeld, post }: SweepPorts): Sweep {
  /** Runs that looked lost, by how many events they had then. */
  let suspects = new Map<LiveRun, number>()
  let disarm: (() => void) | null = null
  let foundCount = 0

  function watch(): void {
    disarm ??= clock.wakeAt(clock.nowMs() + SWEEP_MS, look, false)
  }

  function look(): void {
    disarm = null
    const before = suspects
    suspects = new Map()
    const live = [...runs()]
    const isIdle = live.every(({ callCount, callsReserved }) => callCount + callsReserved === 0)
    const lost = isHeld() ? [] : live.filter((run) => isStanding(run, clock.nowMs(), isIdle))
    for (const run of lost)
      if (before.get(run) === run.nextSeq) wake(run)
      else suspects.set(run, run.nextSeq)
    if (live.some((run) => !isResting(run))) watch()
  }

  function wake(run: LiveRun): void {
    foundCount += 1
    if (run.isAsleep)
      post(run, { kind: 'slots-freed' }) // anything that arrives has it read again
    else payAgain(run)
    alarms.set(0, () => undefined) // the clock may have forgotten the first of all alarms, which keeps the others from ringing
  }

  function payAgain(run: LiveRun): void {
    for (const off of run.alarms ?? []) off()
    run.alarms = null
    run.inDoubt = tasksInDoubt(run.state)
    post(run, { kind: 'resume' })
  }

  return {
    watch,
    get foundCount() {
      return foundCount
    },
    close() {
      disarm?.()
      suspects.clear()
    },
  }
}

/** @param isIdle No component works for any run, so that there are slots. */
function isStanding(run: LiveRun, nowMs: number, isIdle: boolean): boolean {
  const { row, turnsAhead, callCount, callsReserved } = run
  const isAtWork = run.isQueued || run.isWaking || run.hasMail || turnsAhead + callCount + callsReserved > 0
  if (run.broken !== null || run.outcome !== null || isAtWork || isResting(run)) return false
  if (row.waitsFor !== null && row.waitsFor.kind === 'timer') return row.waitsFor.untilMs <= nowMs
  if (run.isAsleep || run.state.status !== 'running') return false
  return isIdle || run.state.ready.size + run.state.starved.size === 0
}

/** It waits for somebody, and needs nobody to look at it until then. */
function isResting({ isPaused, row: { waitsFor } }: LiveRun): boolean {
  return isPaused || (waitsFor !== null && waitsFor.kind !== 'timer')
}
