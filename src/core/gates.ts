// Conditions: whether a step, or an item of a loop, runs, and what its explanation quotes.
import { setOwn } from '../lib/json.ts'
import { aCause, type Cause } from '../plan/cause.ts'
import { brief } from '../plan/describe.ts'
import { type Env, FAILED, isStop, isTrue, MISSING, PENDING, SKIPPED } from '../plan/env.ts'
import { Sealed, type Value } from '../plan/leaf.ts'
import type { LinkedGate } from '../plan/link.ts'
import { FAILED as STEP_FAILED, SKIPPED as STEP_SKIPPED, type EndStatus } from '../plan/status.ts'
import { askFor, askIn } from './questions.ts'
import type { Frame } from './state.ts'
import type { Turn } from './turn.ts'

export type GateAnswer = 'open' | 'wait' | { readonly status: EndStatus; readonly cause: Cause }

type Asked = {
  readonly turn: Turn
  readonly gate: LinkedGate
  readonly frame: Frame
  readonly step: number
  readonly lane: number
}

/** Asks a gate; while it is pending, the asker is looked at again when that may have changed. */
export function askGate(turn: Turn, gate: LinkedGate, frame: Frame, step: number, lane: number): GateAnswer {
  const { env } = turn.state
  const answer = askFor(turn, gate.question, frame, step, lane)
  if (answer === PENDING || answer === MISSING) return 'wait'
  if (answer === SKIPPED && env.cause !== null) return { status: STEP_SKIPPED, cause: env.cause }
  const asked: Asked = { turn, gate, frame, step, lane }
  if (answer === FAILED) return broken(asked, env.cause)
  if (answer instanceof Sealed)
    return broken(
      asked,
      aCause('input-failed', { error: { code: 'SECRET_OPERATION', message: 'A secret cannot be a condition' } }),
    )
  if (!isStop(answer) && isTrue(answer, gate.truthiness) === gate.runsWhen) return 'open'
  return { status: STEP_SKIPPED, cause: conditionFalse(asked, isStop(answer) ? null : answer) }
}

function broken(asked: Asked, why: Cause | null): GateAnswer {
  const error = why?.error ?? { code: 'EXPRESSION_FAILURE', message: 'The condition could not be evaluated' }
  const { values } = operandsOf(asked)
  const cause = aCause('condition-broken', { error, message: error.message, values: isEmpty(values) ? null : values })
  return { status: asked.gate.ifBroken === 'fail' ? STEP_FAILED : STEP_SKIPPED, cause }
}

function isEmpty(values: { readonly [name: string]: Value }): boolean {
  return Object.keys(values).length === 0
}

function conditionFalse(asked: Asked, answer: Value | undefined): Cause {
  const { values, shown } = operandsOf(asked)
  return aCause('condition-false', {
    message: shown.length > 0 ? shown.join(', ') : `the condition is ${brief(answer)}`,
    values,
  })
}

type Shown = { readonly values: { readonly [name: string]: Value }; readonly shown: readonly string[] }

/** What the condition looked at. */
function operandsOf({ turn, gate, frame, step, lane }: Asked): Shown {
  const values: { [name: string]: Value } = {}
  const shown: string[] = []
  const note = (name: string, value: Value | undefined): void => {
    setOwn(values, name, briefValue(value))
    shown.push(`${name} is ${brief(value)}`)
  }
  const { env } = turn.state
  for (const { name, evaluate } of gate.operands ?? []) {
    const operand = askIn(env, evaluate, frame, step, lane)
    if (!isStop(operand)) note(name, operand)
  }
  if (gate.operands === null) for (const { text, value } of lookedAt(env, gate, frame, step, lane)) note(text, value)
  return { values, shown }
}

/** Asks once more, this time for what it looks at on the way. */
function lookedAt(
  env: Env,
  gate: LinkedGate,
  frame: Frame,
  step: number,
  lane: number,
): readonly { readonly text: string; readonly value: Value | undefined }[] {
  const operands: Env['operands'] = []
  env.operands = operands
  askIn(env, gate.question.whole, frame, step, lane)
  env.operands = null
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- conditions look at plain data and leaves
  return operands.slice(0, OPERANDS_SHOWN_MAX) as { text: string; value: Value | undefined }[]
}

const OPERANDS_SHOWN_MAX = 8

const VALUE_TEXT_MAX = 200

/** A value small enough to be kept with a cause. */
function briefValue(value: Value | undefined): Value {
  if (value === undefined) return null
  if (typeof value === 'object' && value !== null) return brief(value)
  return typeof value === 'string' && value.length > VALUE_TEXT_MAX ? brief(value) : value
}
