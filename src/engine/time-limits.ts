// The time limit of an attempt: from its first call, through all that it waits for, to its end.
import type { RunTask } from '../core/effects.ts'
import type { TaskRef } from '../core/facts.ts'
import type { Alarms } from './alarms.ts'
import type { LiveRun } from './live-run.ts'

/** When the attempt of a task that was called at `beganMs` is over its limit; `null`: never. */
export function limitOf({ at, limitMs }: RunTask, beganMs: number): number | null {
  return limitMs ?? (at.timeoutMs === null ? null : beganMs + at.timeoutMs)
}

/** Has `over` called when the attempt is over its limit; where that is set already, nothing is done. */
export function limitAttempt(alarms: Alarms, run: LiveRun, task: TaskRef, atMs: number, over: () => void): void {
  const key = attemptKey(task)
  run.limits ??= new Map()
  if (!run.limits.has(key)) run.limits.set(key, alarms.set(atMs, over))
}

/** The attempt has ended, or the core knows its limit. */
export function unlimitAttempt(run: LiveRun, task: TaskRef): void {
  if (run.limits === null) return
  const key = attemptKey(task)
  run.limits.get(key)?.()
  run.limits.delete(key)
}

/** Whether both are of one attempt, be it in different rounds. */
export function isSameAttempt(a: TaskRef, b: TaskRef): boolean {
  return a.frame === b.frame && a.step === b.step && a.lane === b.lane && a.attempt === b.attempt
}

function attemptKey({ frame, step, lane, attempt }: TaskRef): string {
  return `${frame}.${step}.${lane}.${attempt}`
}
