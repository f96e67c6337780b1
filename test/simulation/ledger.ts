// What components were called for, as they saw it: one line for each call, kept outside of every process.
// L1  A call comes after what it follows from: the stored run has this task open, with this attempt and round. Pure ones may run ahead.
// L2  No attempt is made twice, and attempts of a task rise. What a pure one did ahead of the log is forgotten in a crash, with the
//     number of the flow inside the run that it was part of: that number, and so its key, may be another's then.
// L3  What must happen at most once happens again only after its failure was stored, or a decision that it be tried again.
import { isTaskOpen } from '../../src/core/answers.ts'
import type { Event } from '../../src/core/events.ts'
import type { TaskRef } from '../../src/core/facts.ts'
import { isSameAttempt } from '../../src/engine/time-limits.ts'
import { NO_LANE } from '../../src/core/state.ts'
import { assert } from '../../src/lib/assert.ts'
import type { EffectClass } from '../../src/components/component.ts'
import { SUCCESS } from '../../src/plan/status.ts'
import type { Owner } from './scheduler.ts'
import type { Disk, StoredRun } from './disk.ts'

export type Line = {
  readonly run: string
  readonly key: string
  readonly task: TaskRef
  readonly atMs: number
  /** `null`: one that found the disk full when it took up the run, and has forgotten it. */
  process: Owner | null
  readonly effect: EffectClass
  hasSucceeded: boolean
}

export class Ledger {
  readonly lines: Line[] = []
  readonly #byKey = new Map<string, Line[]>()
  readonly #disk: Disk

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Notes a call as it begins, and checks that it may. */
  note(line: Line): void {
    const { key, task, effect, run: id } = line
    const run = this.#disk.runs.get(id)
    if (effect !== 'pure') {
      assert(run !== undefined, `a call for run ${id} precedes its start`)
      assert(isOpen(run, task), `the call ${key} attempt ${task.attempt} precedes what led to it`)
    }
    const before = this.#byKey.get(key) ?? []
    for (const other of before) assertFollows(line, other)
    if (effect === 'at-most-once') assertOnce(line, before, run)
    this.lines.push(line)
    this.#byKey.set(key, [...before, line])
  }

  /** What was done ahead of the log, and could not be stored, is forgotten. */
  forget(run: string): void {
    for (const line of this.lines) if (line.run === run) line.process = null
  }

  /** Whether a call of this task has done its work. */
  hasSucceeded(run: string, { frame, step, lane }: Pick<TaskRef, 'frame' | 'step' | 'lane'>): boolean {
    const key = lane === NO_LANE ? `${run}.${frame}.${step}` : `${run}.${frame}.${step}.${lane}`
    return this.#byKey.get(key)?.some((line) => line.hasSucceeded) ?? false
  }

  /** Each success that is recorded was done by somebody, or decided. */
  checkSuccesses(id: string, events: readonly Event[], isDecided: (step: number, lane: number) => boolean): void {
    const loops = new Set<string>()
    for (const event of events) {
      if (event.kind === 'step-started' && event.items >= 0) loops.add(`${event.frame}.${event.step}`)
      if (!isPlainSuccess(event)) continue
      const step = `${event.frame}.${event.step}`
      if (event.kind === 'step-succeeded' && loops.has(step)) continue
      const task = { frame: event.frame, step: event.step, lane: 'lane' in event ? event.lane : NO_LANE }
      if (task.frame === 0 && isDecided(task.step, task.lane)) continue
      assert(this.hasSucceeded(id, task), `${step}.${task.lane} is stored as a success, and nobody was called for it`)
    }
  }
}

/** Whether the task is to be done, as far as the process can know: it learns of a stop by the answer of the store. */
function isOpen({ state, atStop, events, answeredCount }: StoredRun, task: TaskRef): boolean {
  if (isTaskOpen(state, task)) return true
  return answeredCount < events.length && atStop.some((other) => isSame(other, task))
}

function isSame(a: TaskRef, b: TaskRef): boolean {
  return isSameAttempt(a, b) && a.round === b.round
}

function isPlainSuccess(event: Event): event is Extract<Event, { kind: 'step-succeeded' | 'lane-ended' }> {
  if (event.kind === 'step-succeeded') return true
  return event.kind === 'lane-ended' && event.status === SUCCESS && event.cause === null
}

function assertFollows({ key, task, process }: Line, before: Line): void {
  const { attempt } = task
  const mayRepeat = before.effect === 'pure' && before.process !== process
  assert(!isSame(before.task, task) || mayRepeat, `attempt ${attempt} of ${key} is made twice`)
  assert(before.task.attempt <= attempt || mayRepeat, `attempts of ${key} rise, and ${attempt} does not`)
}

/** Each call before it failed, or is to be tried again, and that is stored. */
function assertOnce({ key, task }: Line, before: readonly Line[], run: StoredRun | undefined): void {
  const failures = run === undefined ? 0 : failuresOf(run, task) + countOf(run, 'task-unparked', task)
  assert(before.length <= failures, `${key} is called again, and its last call may have done its work`)
  assert(!before.some(({ hasSucceeded }) => hasSucceeded), `${key} is called again after its success`)
}

/** How often the task has failed, as far as that is stored. */
export function failuresOf(run: StoredRun, task: TaskRef): number {
  return countOf(run, 'attempt-failed', task)
}

function countOf({ events }: StoredRun, kind: 'attempt-failed' | 'task-unparked', of: TaskRef): number {
  return events.filter(
    (event) => event.kind === kind && event.frame === of.frame && event.step === of.step && event.lane === of.lane,
  ).length
}
