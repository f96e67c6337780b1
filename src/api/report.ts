// What happened in a run, for programs: the steps of the file in its order, each with its state, cause, times and values.
import { inputOf, scopeOf, type RunRecord, type StepRecord } from '../core/summary.ts'
import type { TaskRecord } from '../core/item-records.ts'
import type { State } from '../core/state.ts'
import { type Wait, waitOf } from '../core/waits.ts'
import type { Json } from '../lib/json.ts'
import type { ErrorInfo } from '../plan/cause.ts'
import { toShown, type Value } from '../plan/leaf.ts'
import type { Scope } from '../plan/env.ts'
import type { Program } from '../plan/link.ts'
import { STATUS_NAMES } from '../plan/status.ts'
import type { RunRow } from '../stores/store.ts'
import type { Warning } from './warnings.ts'
import { showCause, showError, showOutcome, type RunOutcome, type ShownCause } from './outcome.ts'

/** Absent values are `null`. Times are epoch milliseconds. */
export type Report = {
  readonly run: {
    readonly id: string
    /** The plan's id. */
    readonly flow: string
    readonly language: string
    readonly status: RunRow['status']
    readonly trigger: string
    readonly startedAtMs: number
    readonly endedAtMs: number | null
    readonly warnings: readonly Warning[]
  }
  readonly outcome: RunOutcome | null
  readonly steps: readonly StepReport[]
}

export type StepReport = TaskReport & {
  readonly id: string
  readonly input: Json
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  /** The run whose result of it was taken over; `null`: it was done in this one. */
  readonly reusedFrom: string | null
  /** What a step that has not ended waits for; `null` where it works, has ended, or nobody asked for it yet. */
  readonly waitsFor: ShownWait | null
  /** The items of a loop; `null` for other steps. */
  readonly items: readonly (TaskReport & { readonly index: number })[] | null
}

type TaskReport = {
  readonly status: (typeof STATUS_NAMES)[number]
  readonly cause: ShownCause | null
  readonly attempts: number
  readonly output: Json
  /** Of a loop, that of its first failed item. */
  readonly error: (ErrorInfo & { readonly item?: number }) | null
}

export type ShownWait =
  | { readonly waitsFor: 'steps'; readonly steps: readonly string[] }
  | { readonly waitsFor: 'slot' | 'decision' }
  | { readonly waitsFor: 'retry' | 'timer'; readonly untilMs: number }
  | { readonly waitsFor: 'secret'; readonly name: string }

/** @param state Of a run that has not ended. */
export function toReport(
  row: RunRow,
  program: Program,
  record: RunRecord,
  warnings: readonly Warning[],
  state: State | null,
): Report {
  const { id, plan, language, status, trigger, startedAtMs, endedAtMs } = row
  const scope = scopeOf(record)
  return {
    run: { id, flow: plan, language, status, trigger, startedAtMs, endedAtMs, warnings },
    outcome: record.outcome === null ? null : showOutcome(record.outcome, program),
    steps: record.steps.map((step, index) => ({
      ...stepReport(step, index, program, record, scope),
      waitsFor: state === null ? null : showWait(waitOf(state, index), row, program),
    })),
  }
}

function stepReport(
  step: StepRecord,
  index: number,
  program: Program,
  record: RunRecord,
  scope: Scope,
): Omit<StepReport, 'waitsFor'> {
  const { id, startedAtMs, endedAtMs, items, attempts, reusedFrom } = step
  const isStarted = attempts > 0
  return {
    id,
    ...taskReport(step, program),
    input: shownOrNull(items === null ? inputOf(program, record, scope, index) : undefined),
    startedAtMs: isStarted ? startedAtMs : null,
    endedAtMs: isStarted ? endedAtMs : null,
    reusedFrom,
    items:
      items === null
        ? null
        : Array.from(items, (item, itemIndex) => ({ index: itemIndex, ...taskReport(item, program) })),
  }
}

/** A step that could start but for its run, which lacks a secret, waits for that. */
function showWait(wait: Wait | null, { waitsFor }: RunRow, program: Program): ShownWait | null {
  if (wait?.waitsFor === 'steps')
    return { waitsFor: 'steps', steps: wait.steps.map((step) => program.steps[step]?.id ?? String(step)) }
  if (wait?.waitsFor === 'slot' && waitsFor?.kind === 'secret') return { waitsFor: 'secret', name: waitsFor.name }
  return wait
}

function taskReport({ status, cause, attempts, output, error }: TaskRecord, program: Program): TaskReport {
  return {
    status: STATUS_NAMES[status] ?? 'pending',
    cause: cause === null ? null : showCause(cause, program),
    attempts,
    output: shownOrNull(output),
    error:
      error === null
        ? null
        : { ...showError(error, program), ...(cause === null || cause.item === null ? {} : { item: cause.item }) },
  }
}

function shownOrNull(value: Value | undefined): Json {
  return value === undefined ? null : toShown(value)
}
