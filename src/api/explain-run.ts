// Why a run stands as it does: for each step its state and reason; for one step also where its values came from,
// back to what the run was given.
import { scopeOf, type RunRecord } from '../core/summary.ts'
import { brief, describe, isRead } from '../plan/describe.ts'
import { type Expr, everyPart, type Lookup, type StepIndex } from '../plan/expr.ts'
import { unreachable } from '../lib/assert.ts'
import { isRecord, type Json } from '../lib/json.ts'
import { Spilled, type Value } from '../plan/leaf.ts'
import type { Program } from '../plan/link.ts'
import { valueAt } from '../plan/value-at.ts'
import type { StepLog } from './logs.ts'
import type { Report, ShownWait, StepReport } from './report.ts'
import { questionsOf } from './plan-edges.ts'

/** Values are followed back through so many steps. */
const DEPTH_MAX = 8
/** The last lines of a log that are shown. */
const LOG_LINES_MAX = 20

/** A line for each step. */
export function explainRun({ run, outcome, steps }: Report): string {
  const end = outcome === null ? '' : `: ${endText(outcome)}`
  return [
    `${run.id} ${run.status}${end}`,
    '',
    ...steps.map((step) => `  ${step.id} ${stateText(step, steps)}`),
    '',
  ].join('\n')
}

function endText(outcome: NonNullable<Report['outcome']>): string {
  if (outcome.outcome === 'failed') {
    const { step, message, code } = outcome.error
    return `${step === undefined ? '' : `step ${step}: `}${message} (${code})`
  }
  if (outcome.outcome === 'skipped') return outcome.cause.message ?? outcome.cause.kind
  return outcome.outcome === 'cancelled' ? (outcome.reason ?? 'cancelled') : brief(outcome.result)
}

/** The state of a step with its reason. */
function stateText(step: StepReport, steps: readonly StepReport[]): string {
  const { status, attempts, waitsFor, error, items } = step
  const again = attempts > 1 && items === null ? `, attempt ${attempts}` : ''
  const tries = step.reusedFrom === null ? again : `, taken over from run ${step.reusedFrom}`
  if (waitsFor !== null) return `${status}${tries}: waits for ${waitedFor(waitsFor)}`
  if (status === 'pending') return 'pending: nothing has asked for it yet'
  if (status === 'running') return `running${tries}`
  const covered = error === null ? '' : `, after ${error.code}: ${error.message}`
  return status === 'success' ? `success${tries}${covered}` : `${status}${tries}: ${reasonOf(step, steps)}`
}

function waitedFor(wait: ShownWait): string {
  switch (wait.waitsFor) {
    case 'steps':
      return wait.steps.join(', ')
    case 'slot':
      return 'a slot: as many calls are open as may be'
    case 'decision':
      return 'a decision: nobody knows whether it was done, and it must not be done twice'
    case 'secret':
      return `the secret ${wait.name}, to be given again`
    case 'retry':
    case 'timer':
      return `${wait.waitsFor === 'retry' ? 'its next attempt' : 'its time'} at ${new Date(wait.untilMs).toISOString()}`
    default:
      return unreachable(wait)
  }
}

/** The kind of its cause and what that says; of an inherited one, where it began and why. */
function reasonOf({ cause }: StepReport, steps: readonly StepReport[]): string {
  if (cause === null) return 'no reason is recorded'
  const { kind, step, message, values, item } = cause
  const origin = step === undefined ? undefined : steps.find(({ id }) => id === step)
  const began =
    origin === undefined
      ? ''
      : ` (${origin.id} ${origin.status}: ${origin.cause?.message ?? origin.error?.message ?? origin.cause?.kind ?? ''})`
  const which = item === undefined ? '' : ` of item ${item}`
  const read = isRecord(values) ? Object.entries(values).map(([name, value]) => `${name} = ${brief(value)}`) : []
  return `${kind}${which}${message === undefined ? '' : `, ${message}`}${began}${read.length === 0 ? '' : ` [${read.join(', ')}]`}`
}

/** A run, as far as its explanation needs it. */
export type Explained = {
  readonly report: Report
  readonly program: Program
  readonly record: RunRecord
  /** Of the step that is explained. */
  readonly log: StepLog | null
  readonly reveal: Reveal
}

/** Reads large values. */
type Reveal = (value: Value) => Promise<Json>

/** One step: its state, its cause, its condition, each value that it reads, and what it logged last. */
export async function explainRunStep(explained: Explained, index: number): Promise<string> {
  const { report, program, log } = explained
  const step = report.steps[index]
  const planned = program.plan.steps[index]
  if (step === undefined || planned === undefined) return ''
  const lines = [`${step.id} ${stateText(step, report.steps)}`, `  calls ${planned.alias ?? planned.component}`]
  const needs = planned.needs?.steps ?? []
  if (needs.length > 0)
    lines.push(`  needs ${planned.needs?.join ?? 'all'} of ${needs.map((of) => stepText(of, report)).join(', ')}`)
  const idOf = (of: StepIndex): string => program.steps[of]?.id ?? ''
  if (planned.gate !== null)
    lines.push(`  ${planned.gate.runsWhen ? 'runs' : 'is skipped'} if ${describe(planned.gate.expr, idOf)}`)
  if (step.error !== null) lines.push(`  error ${step.error.code}: ${step.error.message}`)
  if (step.input !== null) lines.push(`  input ${brief(step.input)}`)
  if (step.output !== null) lines.push(`  output ${brief(step.output)}`)
  const origins = await new Origins(explained).of(index, 1)
  if (origins.length > 0) lines.push('', '  reads', ...origins)
  if (log !== null) lines.push('', ...logLines(log))
  return [...lines, ''].join('\n')
}

/** How a log ends. */
function logLines({ attempt, item, text }: StepLog): readonly string[] {
  const lines = text.split('\n')
  const before = lines.length - LOG_LINES_MAX
  return [
    `  logged${item === null ? '' : ` by item ${item}`}${attempt === 1 ? '' : ` in attempt ${attempt}`}`,
    ...(before > 0 ? [`    … ${before} lines before`] : []),
    ...lines.slice(-LOG_LINES_MAX).map((line) => `    ${line}`),
  ]
}

function stepText(of: number, { steps }: Report): string {
  const step = steps[of]
  return step === undefined ? String(of) : `${step.id} (${step.status})`
}

/** Where values came from; each step is followed once. */
class Origins {
  readonly #report: Report
  readonly #program: Program
  readonly #scope: ReturnType<typeof scopeOf>
  readonly #reveal: Reveal
  readonly #seen = new Set<number>()

  constructor({ report, program, record, reveal }: Omit<Explained, 'log'>) {
    this.#report = report
    this.#program = program
    this.#scope = scopeOf(record)
    this.#reveal = reveal
  }

  async of(index: number, depth: number): Promise<readonly string[]> {
    this.#seen.add(index)
    const planned = this.#program.plan.steps[index]
    if (planned === undefined) return []
    const reads = new Map<string, Expr>()
    const idOf = (of: StepIndex): string => this.#program.steps[of]?.id ?? ''
    for (const question of questionsOf(planned))
      for (const part of everyPart(question)) if (isRead(part)) reads.set(describe(part, idOf), part)
    const lines: string[] = []
    for (const [text, read] of reads) lines.push(...(await this.#lines(text, read, depth)))
    return lines
  }

  async #lines(text: string, read: Expr, depth: number): Promise<readonly string[]> {
    const indent = '  '.repeat(depth + 1)
    if (read.kind === 'input') return [`${indent}${text} = ${await this.#shown(this.#scope.input, read.at)}`]
    if (read.kind === 'variable')
      return [`${indent}${text} = ${await this.#shown(this.#scope.variables.get(read.name), read.at)}`]
    if (read.kind !== 'output' && read.kind !== 'state') return [`${indent}${text}`]
    const source = this.#report.steps[read.of]
    const value = read.kind === 'output' ? ` = ${await this.#shown(this.#scope.outputs[read.of], read.at)}` : ''
    const state = source === undefined ? '' : ` (${source.id} ${stateText(source, this.#report.steps)})`
    const line = `${indent}${text}${source?.status === 'success' ? value : ''}${state}`
    if (this.#seen.has(read.of) || depth >= DEPTH_MAX) return [line]
    return [line, ...(await this.of(read.of, depth + 1))]
  }

  /** A part of a large value is looked up in it; the whole of it would not be shown in a line anyway. */
  async #shown(value: Value | undefined, at: Lookup): Promise<string> {
    const isPart = value instanceof Spilled && (at.paths[0] ?? []).length > 0
    return brief(valueAt(isPart ? await this.#reveal(value) : value, at))
  }
}
