// Where two runs differ: step by step and item by item, by id and index, the first difference first.
import { isRecord, type Json } from '../lib/json.ts'
import type { Report, StepReport } from './report.ts'

/** One difference. `null` on a side: it is not there. */
export type Difference = {
  /** `null`: of the run itself. */
  readonly step: string | null
  readonly item: number | null
  readonly field: string
  readonly a: Json
  readonly b: Json
}

type Side = { readonly report: Report; readonly input: Json; readonly result: Json }

/** Differences in the order of the first run's flow, then what only the second has; of one task the earliest stage first. */
export function diffRuns(a: Side, b: Side): readonly Difference[] {
  const other = new Map(b.report.steps.map((step) => [step.id, step]))
  const known = new Set(a.report.steps.map(({ id }) => id))
  return [
    ...inside(null, null, 'run input', a.input, b.input),
    ...a.report.steps.flatMap((step) => diffSteps(step, other.get(step.id) ?? null)),
    ...b.report.steps.flatMap(({ id, status }) => (known.has(id) ? [] : at(id, null, 'status', null, status))),
    ...inside(null, null, 'outcome', a.report.outcome?.outcome ?? null, b.report.outcome?.outcome ?? null),
    ...inside(null, null, 'result', a.result, b.result),
  ]
}

function diffSteps(a: StepReport, b: StepReport | null): readonly Difference[] {
  if (b === null) return at(a.id, null, 'status', a.status, null)
  const [ours, theirs] = [a.items ?? [], b.items ?? []]
  const isTakenOver = a.reusedFrom !== null || b.reusedFrom !== null
  const items = Array.from({ length: Math.max(ours.length, theirs.length) }, (_, index) =>
    diffTask({ step: a.id, item: index, isTakenOver }, ours[index] ?? null, theirs[index] ?? null),
  )
  const [own, other] =
    items.length > 0
      ? [
          { ...a, output: null },
          { ...b, output: null },
        ]
      : [a, b] // a loop's output is its items
  return [
    ...inside(a.id, null, 'input', a.input, b.input),
    ...items.flat(),
    ...diffTask({ step: a.id, item: null, isTakenOver }, own, other),
  ]
}

type Task = Pick<StepReport, 'status' | 'cause' | 'attempts' | 'output' | 'error'>
/** What was taken over has no attempts of its own. */
type Place = { readonly step: string; readonly item: number | null; readonly isTakenOver: boolean }

function diffTask({ step, item, isTakenOver }: Place, a: Task | null, b: Task | null): readonly Difference[] {
  if (a === null || b === null) return at(step, item, 'status', a?.status ?? null, b?.status ?? null)
  return [
    ...at(step, item, 'status', a.status, b.status),
    ...at(step, item, 'cause', a.cause?.message ?? a.cause?.kind ?? null, b.cause?.message ?? b.cause?.kind ?? null),
    ...(isTakenOver ? [] : at(step, item, 'attempts', a.attempts, b.attempts)),
    ...inside(step, item, 'error', a.error, b.error),
    ...inside(step, item, 'output', a.output, b.output),
  ]
}

function at(step: string | null, item: number | null, field: string, a: Json, b: Json): readonly Difference[] {
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ step, item, field, a, b }]
}

/** The smallest parts that differ: two long lists that differ in one number are told by that number. */
function inside(step: string | null, item: number | null, field: string, a: Json, b: Json): readonly Difference[] {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.flatMap((part: Json, index) => inside(step, item, `${field}[${index}]`, part, b[index] ?? null))
  if (!isRecord(a) || !isRecord(b)) return at(step, item, field, a, b)
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return keys.flatMap((key) => inside(step, item, `${field}.${key}`, valueOf(a, key), valueOf(b, key)))
}

function valueOf(record: { readonly [key: string]: Json }, key: string): Json {
  return Object.hasOwn(record, key) ? (record[key] ?? null) : null
}
