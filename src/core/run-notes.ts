// What a run has shown to be probably not as it was meant: conditions that broke, names in templates that stood for nothing.
// Told from its record, by asking again what was asked: nothing of it is stored.
import { ask, Env, isStop, type Evaluate, type Scope } from '../plan/env.ts'
import { isList } from '../plan/leaf.ts'
import type { LinkedStep, Program } from '../plan/link.ts'
import { SKIPPED } from '../plan/status.ts'
import { scopeOf, type RunRecord, type StepRecord } from './summary.ts'
import type { TaskRecord } from './item-records.ts'

/** One thing to be told of a step. */
export type RunNote = { readonly code: string; readonly message: string; readonly step: string }

/** Notes of one run; what is beyond says the same again and again. */
const NOTES_MAX = 100
/** Items of one loop that are looked at. */
const ITEMS_LOOKED_AT_MAX = 1_000

/** The notes in the order of the file. */
export function notesOf(program: Program, record: RunRecord): readonly RunNote[] {
  if (!program.mayNote) return []
  const scope = scopeOf(record)
  const notes = new Map<string, RunNote>()
  program.steps.forEach((at, index) => {
    const step = record.steps[index]
    if (step === undefined || notes.size >= NOTES_MAX) return
    for (const { code, message } of stepNotes(at, step, scope))
      notes.set(`${index} ${code} ${message}`, { code, message, step: at.id })
  })
  return [...notes.values()].slice(0, NOTES_MAX)
}

type Note = Pick<RunNote, 'code' | 'message'>

function stepNotes(at: LinkedStep, step: StepRecord, scope: Scope): readonly Note[] {
  const env = new Env(scope)
  env.warnings = []
  const items = at.each === null || step.items === null ? [] : itemsOf(at.each.items.whole, env, scope)
  if (at.gate !== null) ask(at.gate.question.whole, env, scope)
  if (step.items === null && step.attempts > 0) ask(at.input.whole, env, scope)
  const tasks = step.items?.slice(0, ITEMS_LOOKED_AT_MAX) ?? []
  tasks.forEach((task, lane) => {
    const about = (evaluate: Evaluate): unknown => ask(evaluate, env, scope, items[lane] ?? null, lane, items.length)
    if (at.each?.gate) about(at.each.gate.question.whole)
    if (task.attempts > 0) about(at.input.whole)
  })
  return [...[step, ...tasks].flatMap(brokenCondition), ...env.warnings]
}

function itemsOf(evaluate: Evaluate, env: Env, scope: Scope): readonly Parameters<typeof ask>[3][] {
  const items = ask(evaluate, env, scope)
  return isStop(items) || !isList(items) ? [] : items
}

function brokenCondition({ status, cause }: TaskRecord): readonly Note[] {
  if (status !== SKIPPED || cause?.kind !== 'condition-broken') return []
  return [{ code: 'CONDITION_BROKEN', message: cause.message ?? 'The condition could not be evaluated' }]
}
