// Conditions: whether a step, or an item of a loop, runs, and what its explanation quotes.
import { aCause, type Cause } from '../plan/cause.ts'
import { brief } from '../plan/describe.ts'
import { FAILED, isStop, isTrue, MISSING, PENDING, SKIPPED } from '../plan/env.ts'
import { Sealed, type Value } from '../plan/leaf.ts'
import type { LinkedGate } from '../plan/link.ts'
import { FAILED as STEP_FAILED, SKIPPED as STEP_SKIPPED, type EndStatus } from '../plan/status.ts'
import { askFor, askIn } from './questions.ts'
import type { Frame } from './state.ts'
import type { Turn } from './turn.ts'

export type GateAnswer = 'open' | 'wait' | { readonly status: EndStatus; readonly cause: Cause }

/** Asks a gate; while it is pending, the asker is looked at again when that may have changed. */
export function askGate(turn: Turn, gate: LinkedGate, frame: Frame, step: number, lane: number): GateAnswer {
  const { env } = turn.state
  const answer = askFor(turn, gate.question, frame, step, lane)
  if (answer === PENDING || answer === MISSING) return 'wait'
  if (answer === SKIPPED && env.cause !== null) return { status: STEP_SKIPPED, cause: env.cause }
  if (answer === FAILED) return broken(gate, env.cause)
  if (answer instanceof Sealed)
    return broken(
      gate,
      aCause('input-failed', { error: { code: 'SECRET_OPERATION', message: 'A secret cannot be a condition' } }),
    )
  if (!isStop(answer) && isTrue(answer, gate.truthiness) === gate.runsWhen) return 'open'
  return { status: STEP_SKIPPED, cause: conditionFalse(turn, gate, isStop(answer) ? null : answer, frame, step, lane) }
}

function broken(gate: LinkedGate, why: Cause | null): GateAnswer {
  const error = why?.error ?? { code: 'EXPRESSION_FAILURE', message: 'The condition could not be evaluated' }
  const cause = aCause('condition-broken', { error, message: error.message })
  return { status: gate.ifBroken === 'fail' ? STEP_FAILED : STEP_SKIPPED, cause }
}

function conditionFalse(
  turn: Turn,
  gate: LinkedGate,
  answer: Value | undefined,
  frame: Frame,
  step: number,
  lane: number,
): Cause {
  const values: { [name: string]: Value } = {}
  const shown: string[] = []
  for (const { name, evaluate } of gate.operands) {
    const operand = askIn(turn.state.env, evaluate, frame, step, lane)
    if (isStop(operand)) continue
    values[name] = briefValue(operand)
    shown.push(`${name} is ${brief(operand)}`)
  }
  return aCause('condition-false', {
    message: shown.length > 0 ? shown.join(', ') : `the condition is ${brief(answer)}`,
    values,
  })
}

const VALUE_TEXT_MAX = 200

/** A value small enough to be kept with a cause. */
function briefValue(value: Value | undefined): Value {
  if (value === undefined) return null
  if (typeof value === 'object' && value !== null) return brief(value)
  return typeof value === 'string' && value.length > VALUE_TEXT_MAX ? brief(value) : value
}
