// The time limit of an attempt: from its first call, through all that it waits for, to its end.
import type { RunTask } from '../core/effects.ts'
import type { TaskRef } from '../core/facts.ts'
import type { Alarms } from './alarms.ts'
import type { LiveRun } from './live-run.ts'

/** Has `over` called when the attempt is over its limit; where it has none, or that is set already, nothing is done. */
export function limitAttempt(alarms: Alarms, run: LiveRun, task: RunTask, beganMs: number, over: () => void): void {
  const { timeoutMs } = task.at
  if (timeoutMs === null) return
  const key = attemptKey(task)
  run.limits ??= new Map()
  const atMs = beganMs + timeoutMs
  if (!run.limits.has(key)) run.limits.set(key, { atMs, off: alarms.set(atMs, over) })
}

/** When the attempt is over its limit, for a task that was called at `beganMs` and maybe before. */
export function limitOf(run: LiveRun, task: RunTask, beganMs: number): number {
  const { timeoutMs } = task.at
  return run.limits?.get(attemptKey(task))?.atMs ?? beganMs + (timeoutMs ?? Number.POSITIVE_INFINITY)
}

/** The attempt has ended, or the core knows its limit. */
export function unlimitAttempt(run: LiveRun, task: TaskRef): void {
  if (run.limits === null) return
  const key = attemptKey(task)
  run.limits.get(key)?.off()
  run.limits.delete(key)
}

/** Whether both are of one attempt, be it in different rounds. */
export function isSameAttempt(a: TaskRef, b: TaskRef): boolean {
  return a.frame === b.frame && a.step === b.step && a.lane === b.lane && a.attempt === b.attempt
}

function attemptKey({ frame, step, lane, attempt }: TaskRef): string {
  return `${frame}.${step}.${lane}.${attempt}`
}
