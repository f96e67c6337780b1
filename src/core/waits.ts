// What a step that has not ended is waiting for, as a live run knows it.
import { ask, PENDING as ASK_PENDING } from '../plan/env.ts'
import { PENDING, SLEEPING, SUCCESS } from '../plan/status.ts'
import { PARKED_MS, type Frame, type State } from './state.ts'
import { stepAt } from './tasks.ts'

export type Wait =
  /** By index, in the step's own flow. */
  | { readonly waitsFor: 'steps'; readonly steps: readonly number[] }
  | { readonly waitsFor: 'slot' }
  | { readonly waitsFor: 'retry' | 'timer'; readonly untilMs: number }
  /** Nobody knows whether it was done. */
  | { readonly waitsFor: 'decision' }

/** What a step of the run's own flow waits for; `null` when it works, has ended, or nobody asked for it yet. */
export function waitOf(state: State, step: number): Wait | null {
  const frame = state.frames.get(0)
  if (frame === undefined) return null
  const status = frame.status[step] ?? PENDING
  const sleep = frame.sleeps.get(step)
  if (sleep?.untilMs === PARKED_MS) return { waitsFor: 'decision' }
  if (status === SLEEPING && sleep !== undefined)
    return { waitsFor: sleep.output === undefined ? 'retry' : 'timer', untilMs: sleep.untilMs }
  const isAskedFor = frame.demanded === null || frame.demanded[step] === 1
  if (status !== PENDING || !isAskedFor || state.missing.size > 0) return null
  const steps = stepsAwaited(state, frame, step)
  return steps.length > 0 ? { waitsFor: 'steps', steps } : { waitsFor: 'slot' }
}

function stepsAwaited(state: State, frame: Frame, step: number): readonly number[] {
  const isOpen = (source: number): boolean => (frame.status[source] ?? PENDING) < SUCCESS
  const awaited = (frame.program.requires[step] ?? []).filter(isOpen)
  if (awaited.length > 0) return awaited
  const { gate, each, input } = stepAt(frame, step)
  const asked = frame.questions.has(step) ? [gate?.question, each?.items ?? input] : []
  for (const question of asked) {
    if (question !== undefined && ask(question.whole, state.env, frame) === ASK_PENDING)
      return [...new Set(state.env.pendSteps)]
  }
  return []
}
