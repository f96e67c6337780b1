// Why a step would run, and with what: what it reads is run, the step itself is not.
import { scopeOf, summarize, type RunRecord } from '../core/summary.ts'
import { describe } from '../plan/describe.ts'
import { ask, Env, FAILED, isStop, isTrue, SKIPPED, type Answer, type Evaluate } from '../plan/env.ts'
import { type Expr, type StepIndex, stepsReadBy, WHOLE } from '../plan/expr.ts'
import { isList, toShown } from '../plan/leaf.ts'
import type { LinkedGate, Program } from '../plan/link.ts'
import type { Plan, Step } from '../plan/plan.ts'
import { STATUS_NAMES } from '../plan/status.ts'
import type { Event } from '../core/events.ts'
import { showCause } from './outcome.ts'
import { questionsOf } from './plan-edges.ts'

/** A plan that runs what `step` reads or waits for, and nothing else. */
export function planBefore(plan: Plan, step: Step): Plan {
  const sources = sourcesOf(step)
  return {
    ...plan,
    steps: plan.steps.map((one) => ({ ...one, mustExecute: false })),
    output: { kind: 'list', items: sources.map(ended) },
    demand: 'what-output-needs',
    verdict: 'by-output',
  }
}

function sourcesOf(step: Step): readonly StepIndex[] {
  return [...new Set([...questionsOf(step).flatMap(stepsReadBy), ...(step.needs?.steps ?? []), ...step.after])]
}

/** Asks for a step, however it ends. */
function ended(of: StepIndex): Expr {
  return { kind: 'output', of, at: WHOLE, ifSkipped: 'undefined', ifFailed: 'undefined', nullHasAllPaths: true }
}

/**
 * What `step` would do after the run with these events.
 * @param program Of the plan that ran; its steps are those of the flow.
 */
export function explainStepAfter(program: Program, step: Step, index: number, events: Iterable<Event>): string {
  const record = summarize(program, events)
  const linked = program.steps[index]
  const scope = scopeOf(record)
  const read = (evaluate: Evaluate, item: number): Answer => {
    const items =
      linked?.each === null || linked === undefined ? null : ask(linked.each.items.whole, new Env(scope), scope)
    return ask(evaluate, env, scope, isStop(items) || !isList(items) ? null : (items[item] ?? null), item)
  }
  const env = new Env(scope)
  const show = (answer: Answer): string =>
    isStop(answer) ? stopText(answer, env, program) : JSON.stringify(toShown(answer ?? null), null, 2)
  const idOf = (source: StepIndex): string => program.steps[source]?.id ?? ''
  const lines = [`${step.id}  ${step.alias ?? step.component}`, '']
  for (const source of sourcesOf(step)) lines.push(`  ${sourceText(source, record, program)}`)
  if (sourcesOf(step).length > 0) lines.push('')
  const gate = linked?.gate ?? null
  if (gate !== null && step.gate !== null)
    lines.push(...gateLines(gate, describe(step.gate.expr, idOf), env, read, show), '')
  if (linked?.each) {
    const items = ask(linked.each.items.whole, env, scope)
    lines.push(`items: ${isStop(items) || !isList(items) ? show(items) : `${items.length}; the first is shown below`}`)
  }
  lines.push(`input: ${linked === undefined ? '' : show(read(linked.input.whole, linked.each === null ? -1 : 0))}`, '')
  return lines.join('\n')
}

function sourceText(source: number, record: RunRecord, program: Program): string {
  const step = record.steps[source]
  if (step === undefined) return ''
  const cause = step.cause === null ? null : showCause(step.cause, program)
  const why = cause === null ? '' : `: ${cause.message ?? cause.kind}`
  return `${step.id} ${STATUS_NAMES[step.status] ?? ''}${why}`
}

function gateLines(
  gate: LinkedGate,
  text: string,
  env: Env,
  read: (evaluate: Evaluate, item: number) => Answer,
  show: (answer: Answer) => string,
): readonly string[] {
  env.operands = gate.operands === null ? [] : null
  const answer = read(gate.question.whole, -1)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- conditions look at plain data and leaves
  const lookedAt = (env.operands ?? []) as { text: string; value: Answer }[]
  env.operands = null
  const operands = [
    ...(gate.operands ?? []).map(({ name, evaluate }) => `  ${name} = ${show(read(evaluate, -1))}`),
    ...lookedAt.map(({ text: name, value }) => `  ${name} = ${show(value)}`),
  ]
  return [
    `condition: ${gate.runsWhen ? 'runs' : 'skipped'} if ${text}`,
    ...operands,
    `  so it ${verdictOf(gate, answer)}`,
  ]
}

function verdictOf(gate: LinkedGate, answer: Answer): string {
  if (answer === SKIPPED) return 'is skipped: what it reads was skipped'
  if (isStop(answer)) return gate.ifBroken === 'skip' ? 'is skipped: it cannot be told' : 'fails: it cannot be told'
  return isTrue(answer, gate.truthiness) === gate.runsWhen ? 'runs' : 'is skipped'
}

function stopText(stop: Answer, env: Env, program: Program): string {
  const cause = env.cause === null ? null : showCause(env.cause, program)
  if (stop === SKIPPED) return `none: ${cause?.step ?? 'a step'} was skipped`
  if (stop === FAILED) return `none: ${cause?.message ?? `${cause?.step ?? 'a step'} failed`}`
  return 'none: it reads a large value that is not at hand'
}
