// A plan in words: the order of its steps, what runs in parallel, what can be skipped and when, what is tried again.
import { durationText } from '../lib/duration-text.ts'
import { describe } from '../plan/describe.ts'
import { everyPart, type Expr, type StepIndex } from '../plan/expr.ts'
import type { Each, Gate, Plan, RetryBudget, Step } from '../plan/plan.ts'
import { type Edge, edgesOf, questionsOf, stagesOf } from './plan-edges.ts'

type View = {
  readonly plan: Plan
  readonly idOf: (step: StepIndex) => string
  /** What each step waits for. */
  readonly sources: ReadonlyMap<number, readonly Edge[]>
  readonly skippable: ReadonlySet<number>
}

export function explainPlan(name: string | null, plan: Plan): string {
  const edges = edgesOf(plan)
  const stages = stagesOf(plan, edges)
  const view: View = {
    plan,
    idOf: (step) => plan.steps[step]?.id ?? '',
    sources: Map.groupBy(edges, ({ to }) => to),
    skippable: skippableOf(plan, stages),
  }
  const blocks = stages.map((stage, index) => [
    stage.length === 1 ? `${index + 1}.` : `${index + 1}. in parallel:`,
    ...stage.flatMap((at) => explainStep(at, view)),
  ])
  const title = `${name ?? 'A flow'}: ${count(plan.steps.length, 'step')} in ${count(stages.length, 'stage')}`
  return [title, '', ...blocks.flat(), '', ...endsOf(view), ''].join('\n')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Steps that can be skipped by what the plan says; a component may still answer that it skips. */
function skippableOf(plan: Plan, stages: readonly (readonly number[])[]): ReadonlySet<number> {
  const skippable = new Set<number>()
  for (const index of stages.flat()) {
    const step = plan.steps[index]
    if (step === undefined) continue
    const isBlocked = step.needs !== null && step.needs.join !== 'done' && step.needs.ifBlocked === 'skip'
    if (
      step.gate !== null ||
      step.onError.kind === 'skip' ||
      isBlocked ||
      skippersOf(step).some((of) => skippable.has(of))
    )
      skippable.add(index)
  }
  return skippable
}

/** What skips a step by being skipped: references that have no other value for it. */
function skippersOf(step: Step): readonly StepIndex[] {
  const parts = questionsOf(step).flatMap((question) => [...everyPart(question)])
  return [...new Set(parts.flatMap((part) => (part.kind === 'output' && part.ifSkipped === 'skip' ? part.of : [])))]
}

function explainStep(index: number, view: View): readonly string[] {
  const step = view.plan.steps[index]
  if (step === undefined) return []
  const { each, gate, timeoutMs } = step
  const after = (view.sources.get(index) ?? []).map(({ from }) => view.plan.steps[from]?.id ?? '')
  const lines = [
    ...(each === null ? [] : [loopText(each, view)]),
    ...(gate === null ? [] : [gateText(gate, view)]),
    ...(each === null || each.gate === null ? [] : [`each item ${gateText(each.gate, view)}`]),
    ...blockedText(step, view),
    ...standInTexts(questionsOf(step), view),
    ...step.retry.filter(({ on }) => !isTransport(on)).map(retryText),
    ...(timeoutMs === null ? [] : [`an attempt may take ${durationText(timeoutMs)}`]),
    ...failureText(step, view),
  ]
  return [
    `   ${step.id}  ${step.alias ?? step.component}${after.length === 0 ? '' : `  after ${after.join(', ')}`}`,
    ...lines.map((line) => `       ${line}`),
  ]
}

function loopText({ items, parallelMax }: Each, { idOf }: View): string {
  return `for each of ${describe(items, idOf)}${parallelMax === null ? '' : `, ${parallelMax} at once`}`
}

function gateText({ expr, runsWhen, ifBroken }: Gate, { idOf }: View): string {
  const broken = ifBroken === 'skip' ? ', or when that cannot be told' : ''
  return runsWhen ? `runs only if ${describe(expr, idOf)}` : `skipped if ${describe(expr, idOf)}${broken}`
}

/** Where a skipped or failed source decides: explicit needs, and references without another value. */
function blockedText(step: Step, { idOf, skippable }: View): readonly string[] {
  const { needs } = step
  const names = skippersOf(step)
    .filter((of) => skippable.has(of))
    .map(idOf)
  const texts = names.length === 0 ? [] : [`skipped with ${names.join(' or ')}`]
  if (needs === null || needs.join === 'done') return texts
  const wanted = `${needs.join === 'all' ? 'all of' : 'one of'} ${needs.steps.map(idOf).join(', ')}`
  return [...texts, `${needs.ifBlocked === 'skip' ? 'skipped' : 'fails'} unless ${wanted} succeed`]
}

/** What is read in place of sources that were skipped. */
function standInTexts(exprs: readonly Expr[], { idOf }: View): readonly string[] {
  const texts = exprs
    .flatMap((expr) => [...everyPart(expr)])
    .flatMap((part) =>
      part.kind === 'output' && typeof part.ifSkipped === 'object'
        ? `reads ${describe(part.ifSkipped, idOf)} in place of ${idOf(part.of)} when it is skipped`
        : [],
    )
  return [...new Set(texts)]
}

/** The budget that every step has, for calls that did not get through. */
function isTransport(on: RetryBudget['on']): boolean {
  return on !== null && on.includes('UNREACHABLE')
}

function retryText({ retriesMax, on, backoff }: RetryBudget): string {
  const codes = on === null ? 'a failure' : on.join(' or ')
  const wait = backoff.delayMs === 0 ? '' : `, ${backoff.kind} waits from ${durationText(backoff.delayMs)}`
  return `tried again after ${codes}, up to ${retriesMax} times${wait}`
}

function failureText({ onError, mustExecute }: Step, { idOf }: View): readonly string[] {
  const must = mustExecute ? ['runs in any case, and fails the run when it fails'] : []
  if (onError.kind === 'skip') return [...must, 'a failure becomes a skip']
  if (onError.kind === 'substitute') return [...must, `a failure becomes ${describe(onError.output, idOf)}`]
  return must
}

function endsOf(view: View): readonly string[] {
  const { output, demand, verdict } = view.plan
  return [
    output === null ? 'Result: null' : `Result: ${describe(output, view.idOf)}`,
    ...(output === null ? [] : standInTexts([output], view)).map((text) => `  ${text}`),
    demand === 'all-steps' ? 'All steps run.' : 'Only what the result needs runs.',
    verdict === 'by-output'
      ? 'The result decides how the run ended.'
      : 'A failure that no step handles makes the run fail.',
  ]
}
