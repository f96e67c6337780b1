// How a frame ended: computed from its state alone, the same for a live run and a replayed one.
import type { Cause, ErrorInfo } from '../plan/cause.ts'
import { ask, FAILED, isStop, MISSING, PENDING, SKIPPED, type Env, type Stop } from '../plan/env.ts'
import { FAILED as STEP_FAILED } from '../plan/status.ts'
import type { Outcome } from './events.ts'
import type { Frame } from './state.ts'

/** What a list of runs says of an end: a skipped run has done what it was meant to. */
export function statusOfEnd({ outcome }: Outcome): 'completed' | 'failed' | 'cancelled' {
  return outcome === 'success' || outcome === 'skipped' ? 'completed' : outcome
}

/** The outcome of a frame whose steps have ended; PENDING or MISSING where the output cannot be told yet. */
export function outcomeOf(env: Env, frame: Frame): Outcome | Stop {
  const { onDemand, output } = frame.program
  const answer = ask(output.whole, env, frame)
  const isOpen = answer === PENDING || answer === MISSING
  if (isOpen && onDemand) return answer // it may have more steps run
  const failed = firstFailure(frame)
  if (failed !== null) return failed
  if (isOpen) return answer
  if (answer === SKIPPED && env.cause !== null) return { outcome: 'skipped', cause: env.cause }
  if (answer === FAILED && env.cause !== null) return failedBy(frame, env.cause, null)
  return { outcome: 'success', result: isStop(answer) || answer === undefined ? null : answer }
}

/** The failure that decides whatever the output says: the first in the file. */
function firstFailure(frame: Frame): Outcome | null {
  const { program, status, causes } = frame
  if (causes.size === 0) return null
  if (program.anyFailureFails) {
    for (let step = 0; step < program.size; step += 1) {
      const cause = causes.get(step)
      if (status[step] === STEP_FAILED && cause !== undefined && cause.kind !== 'dependency-failed')
        return failedBy(frame, cause, step)
    }
  }
  for (const step of program.must) {
    const cause = causes.get(step)
    if (status[step] === STEP_FAILED && cause !== undefined) return failedBy(frame, cause, step)
  }
  return null
}

function failedBy(frame: Frame, cause: Cause, step: number | null): Outcome {
  const origin = cause.origin ?? step
  return {
    outcome: 'failed',
    error: errorOf(cause),
    step: origin === null ? null : (frame.program.steps[origin]?.id ?? null),
    item: (origin === null ? cause : (frame.causes.get(origin) ?? cause)).item,
  }
}

/** The error of a cause; every failed one has some. */
function errorOf(cause: Cause): ErrorInfo {
  return cause.error ?? { code: 'ORCHESTRATOR_ERROR', message: cause.message ?? cause.kind }
}
