// A case file from what happened in a run: the flow, its input, stubs that answer as its components did, and how it ended.
// Secrets are masked in it as everywhere; the flow gets texts in their place.
import type { Event } from '../core/events.ts'
import { FAILED, SKIPPED, SUCCESS } from '../plan/status.ts'
import type { RunRecord, StepRecord } from '../core/summary.ts'
import type { TaskRecord } from '../core/item-records.ts'
import { scopeOf } from '../core/summary.ts'
import { ask, Env, isStop } from '../plan/env.ts'
import { isList, type Value } from '../plan/leaf.ts'
import type { LinkedStep, Program } from '../plan/link.ts'
import type { ErrorInfo } from '../plan/cause.ts'
import type { Json, JsonRecord } from '../lib/json.ts'
import type { Report } from './report.ts'

/** Items of all loops together: a case is for people. */
export const RECORD_ITEMS_MAX = 10_000

type Reveal = (value: Value) => Promise<Json>

export type Recorded = {
  readonly name: string
  readonly flow: string
  readonly input: Json
  readonly secrets: readonly string[]
  readonly report: Report
  readonly program: Program
  readonly record: RunRecord
  readonly events: readonly Event[]
}

/** The case as data. */
export async function toCase(of: Recorded, reveal: Reveal): Promise<JsonRecord> {
  const { name, flow, input, report, program, record } = of
  const steps: { [id: string]: Json } = {}
  const components: { [name: string]: Json } = {}
  const failures = failuresOf(of.events)
  for (const [index, step] of record.steps.entries()) {
    const at = program.steps[index]
    if (at === undefined) continue
    const rules = await rulesOf(step, at, record, failures.get(index) ?? [], reveal)
    if (rules.length > 0) steps[step.id] = rules
    else components[at.alias ?? at.component] ??= [{ error: { code: 'NOT_RECORDED', message: 'It was not called' } }]
  }
  const variables = {
    ...(await plainVariables(of, reveal)),
    ...Object.fromEntries(of.secrets.map((key) => [key, `secret ${key}`])),
  }
  return {
    name,
    flow,
    input,
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
    stubs: { ...(Object.keys(components).length === 0 ? {} : { components }), steps },
    expect: {
      ...expectedOutcome(report),
      steps: Object.fromEntries(report.steps.map(({ id, status }) => [id, status])),
    },
  }
}

function expectedOutcome({ outcome }: Report): JsonRecord {
  if (outcome === null) return {}
  if (outcome.outcome === 'success') return { outcome: 'success', result: outcome.result }
  if (outcome.outcome !== 'failed') return { outcome: outcome.outcome }
  const { code, message, step } = outcome.error
  return { outcome: 'failed', error: { code, message, ...(step === undefined ? {} : { step }) } }
}

async function plainVariables({ record, secrets }: Recorded, reveal: Reveal): Promise<JsonRecord> {
  const plain: { [name: string]: Json } = {}
  for (const [name, value] of record.variables) if (!secrets.includes(name)) plain[name] = await reveal(value)
  return plain
}

type Failure = { readonly lane: number; readonly error: ErrorInfo }

/** Attempts that failed and were tried again, by step. */
function failuresOf(events: readonly Event[]): ReadonlyMap<number, readonly Failure[]> {
  const failures = new Map<number, Failure[]>()
  for (const event of events) {
    if (event.kind !== 'attempt-failed' || event.frame !== 0) continue
    failures.set(event.step, [...(failures.get(event.step) ?? []), { lane: event.lane, error: event.error }])
  }
  return failures
}

async function rulesOf(
  step: StepRecord,
  at: LinkedStep,
  record: RunRecord,
  failures: readonly Failure[],
  reveal: Reveal,
): Promise<readonly Json[]> {
  if (step.items === null) {
    if (step.attempts === 0) return []
    return [...failures.map(({ error }) => failedOnce(error)), ...(await endRule(step, reveal))]
  }
  const rules: Json[] = []
  const inputs = itemInputs(at, record, step.items.length)
  for (const [lane, item] of [...step.items].entries()) {
    if (item.attempts === 0) continue
    const when = inputs[lane] === undefined ? {} : { when: await reveal(inputs[lane] ?? null) }
    for (const failure of failures) if (failure.lane === lane) rules.push({ ...when, ...failedOnce(failure.error) })
    for (const rule of await endRule(item, reveal)) rules.push({ ...when, times: 1, ...rule })
  }
  return rules
}

function failedOnce(error: ErrorInfo): JsonRecord {
  return { times: 1, error: errorOf(error) }
}

function errorOf({ code, message, data, isRetryable }: ErrorInfo): JsonRecord {
  return {
    code,
    message,
    ...(data === undefined ? {} : { data }),
    ...(isRetryable === undefined ? {} : { isRetryable }),
  }
}

/** What the last attempt came to; a substitute hides a failure. */
async function endRule(task: TaskRecord, reveal: Reveal): Promise<readonly JsonRecord[]> {
  if (
    task.error !== null &&
    (task.status === SUCCESS || task.status === FAILED || task.cause?.kind === 'error-skipped')
  )
    return [{ error: errorOf(task.error) }]
  if (task.status === SUCCESS) return [{ output: await reveal(task.output ?? null) }]
  return task.status === SKIPPED && task.cause?.kind === 'component-skipped' ? [{ skipped: true }] : []
}

/** What the component got for each item, as far as that can be told. */
function itemInputs(at: LinkedStep, record: RunRecord, count: number): readonly (Value | undefined)[] {
  const scope = scopeOf(record)
  const env = new Env(scope)
  const items = at.each === null ? null : ask(at.each.items.whole, env, scope)
  if (items === null || isStop(items) || !isList(items)) return []
  return Array.from({ length: count }, (_, lane) => {
    const input = ask(at.input.whole, env, scope, items[lane] ?? null, lane, count)
    return isStop(input) ? undefined : input
  })
}
