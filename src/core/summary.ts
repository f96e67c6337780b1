// What happened in a run, step by step, told from its events: for reports, trees and explanations.
// Steps of frames are left out: they are the inside of a step.
import { FAILED, PENDING, RUNNING, SKIPPED, SUCCESS } from '../plan/status.ts'
import { aCause, type Cause } from '../plan/cause.ts'
import { ask, Env, isStop, type Scope } from '../plan/env.ts'
import type { Value } from '../plan/leaf.ts'
import type { Program } from '../plan/link.ts'
import { unreachable } from '../lib/assert.ts'
import { Sparse } from '../lib/sparse.ts'
import type { Event, Outcome } from './events.ts'
import { ItemRecords, type TaskRecord } from './item-records.ts'
import { NO_LANE } from './state.ts'

export type StepRecord = TaskRecord & {
  readonly id: string
  items: ItemRecords | null
  /** The run in which it ended as it did; `null`: this one. */
  reusedFrom: string | null
}

export type RunRecord = {
  readonly steps: readonly StepRecord[]
  outcome: Outcome | null
  startedAtMs: number
  endedAtMs: number | null
  input: Value
  variables: ReadonlyMap<string, Value>
}

/** Folds a run's events into records. */
export function summarize(program: Program, events: Iterable<Event>): RunRecord {
  const record = newRecord(program)
  for (const event of events) note(record, event)
  return finished(record)
}

/** The record when all events of the run are noted. */
export function finished(record: RunRecord): RunRecord {
  if (record.outcome !== null) for (const step of record.steps) if (step.status === PENDING) markUnneeded(step)
  return record
}

/** A record of a run that has not begun. */
export function newRecord(program: Program): RunRecord {
  const steps = program.steps.map(({ id }): StepRecord => ({ id, ...newTask(), items: null, reusedFrom: null }))
  return { steps, outcome: null, startedAtMs: 0, endedAtMs: null, input: null, variables: new Map() }
}

function newTask(): TaskRecord {
  return {
    status: 0,
    cause: null,
    attempts: 0,
    isWaiting: false,
    output: undefined,
    error: null,
    startedAtMs: null,
    endedAtMs: null,
  }
}

/** Folds one event into a record. */
export function note(record: RunRecord, event: Event): void {
  if ('step' in event) {
    if (event.frame === 0) noteStep(record, event)
    return
  }
  switch (event.kind) {
    case 'run-started':
      record.startedAtMs = event.atMs
      record.input = event.input
      record.variables = new Map(Object.entries(event.variables))
      return
    case 'run-stopped':
      for (const step of record.steps) stopTask(step, event)
      return
    case 'run-finished':
      record.outcome = event.outcome
      record.endedAtMs = event.atMs
      return
    case 'run-resumed':
      for (const step of record.steps) for (const task of step.items ?? [step]) countLost(task)
      return
    case 'steps-reused':
      for (const index of event.steps) {
        const step = record.steps[index]
        if (step !== undefined) step.reusedFrom = event.run
      }
      return
    case 'frame-ended':
      return
    default:
      return unreachable(event)
  }
}

type StepEvent = Extract<Event, { step: number }>

function noteStep(record: RunRecord, event: StepEvent): void {
  const step = record.steps[event.step]
  if (step === undefined) return
  const task = ('lane' in event && event.lane !== NO_LANE ? step.items?.at(event.lane) : step) ?? step
  switch (event.kind) {
    case 'step-started':
      begin(step, event.atMs)
      if (event.items >= 0) step.items = new ItemRecords(event.items)
      return
    case 'lanes-started':
      for (const item of step.items?.slice(event.from, event.to) ?? [])
        if (item.status === PENDING) begin(item, event.atMs)
      return
    case 'attempt-started':
    case 'attempt-lost':
      task.attempts += 1
      task.isWaiting = false
      return
    case 'attempt-failed':
      task.error = event.error
      task.isWaiting = true
      return
    case 'lane-ended':
      return end(task, event.status, event, event.output, event.cause)
    case 'step-succeeded':
      return end(step, SUCCESS, event, step.items === null ? event.output : itemsOutput(step.items), null)
    case 'step-substituted':
      return end(step, SUCCESS, event, event.output, event.cause)
    case 'step-skipped':
      return end(step, SKIPPED, event, undefined, event.cause)
    case 'step-failed':
      for (const item of step.items ?? [])
        if (item.status === PENDING)
          end(
            item,
            SKIPPED,
            { atMs: event.atMs },
            undefined,
            aCause('cancelled', { message: 'An item of the loop had failed before' }),
          )
      return end(step, FAILED, event, undefined, event.cause)
    case 'task-parked':
      task.attempts -= 1 // the one that was counted when the run went on has not begun
      task.isWaiting = true
      return
    case 'task-unparked':
    case 'step-waits':
    case 'frames-asked':
      task.isWaiting = true
      return
    case 'frame-opened':
    case 'task-logged':
      return
    default:
      return unreachable(event)
  }
}

/** The process that worked on it is gone: it is begun anew. */
function countLost(task: TaskRecord): void {
  if (task.status === RUNNING && !task.isWaiting) task.attempts += 1
}

function begin(task: TaskRecord, atMs: number): void {
  task.status = RUNNING
  task.attempts = 1
  task.startedAtMs = atMs
}

/** @param when `tookMs` where its start was not recorded. */
function end(
  task: TaskRecord,
  status: number,
  { atMs, tookMs = null }: { readonly atMs: number; readonly tookMs?: number | null },
  output: Value | undefined,
  cause: Cause | null,
): void {
  if (tookMs !== null && task.status === PENDING) begin(task, atMs - tookMs)
  // The attempt that was counted when the run went on has not begun.
  if (cause?.kind === 'lost' && !task.isWaiting) task.attempts -= 1
  task.status = status
  task.endedAtMs = atMs
  task.output = status === SUCCESS ? output : undefined
  task.cause = status === SUCCESS ? null : cause
  task.error = cause?.error ?? null
}

function itemsOutput({ outputs }: ItemRecords): Value {
  return outputs.map((output) => output ?? null)
}

function stopTask(step: StepRecord, { how, reason, atMs }: Extract<Event, { kind: 'run-stopped' }>): void {
  for (const task of [...(step.items ?? []), step]) {
    if (task.status >= SUCCESS) continue
    const isStarted = task.status !== PENDING
    const code = how === 'cancelled' ? 'CANCELLED' : 'TIMEOUT'
    const message = reason ?? (how === 'cancelled' ? 'The run was cancelled' : 'The run is over its time limit')
    end(
      task,
      isStarted ? FAILED : SKIPPED,
      { atMs },
      undefined,
      isStarted ? aCause(how, { error: { code, message } }) : aCause('cancelled', { message }),
    )
  }
}

function markUnneeded(step: StepRecord): void {
  step.status = SKIPPED
  step.cause = aCause('not-needed', { message: 'Nothing that the run must produce reads it' })
}

/** What the component of a step that is no loop received; `undefined` where that cannot be told (it never started, or a large value is not at hand). */
export function inputOf(program: Program, record: RunRecord, scope: Scope, step: number): Value | undefined {
  const at = program.steps[step]
  const task = record.steps[step]
  const isBegun = task !== undefined && (task.attempts > 0 || (task.reusedFrom !== null && task.status !== SKIPPED))
  if (at === undefined || !isBegun) return undefined
  const input = ask(at.input.whole, new Env(scope), scope)
  return isStop(input) ? undefined : input
}

/** What expressions of a run read, as its record has it. */
export function scopeOf(record: RunRecord): Scope {
  const causes = new Sparse<Cause>()
  record.steps.forEach((step, index) => {
    if (step.cause !== null) causes.set(index, step.cause)
  })
  return {
    input: record.input,
    variables: record.variables,
    status: Uint8Array.from(record.steps, (step) => step.status),
    outputs: record.steps.map((step) => step.output),
    causes,
  }
}
