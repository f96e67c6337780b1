// A plan in words: the order of its steps, what runs in parallel, what can be skipped and when, what is tried again.
import { durationText } from '../lib/duration-text.ts'
import { describe } from '../plan/describe.ts'
import { everyPart, type StepIndex } from '../plan/expr.ts'
import type { Gate, Plan, RetryBudget, Step } from '../plan/plan.ts'
import { type Edge, edgesOf, questionsOf, stagesOf } from './plan-edges.ts'

type IdOf = (step: StepIndex) => string

export function explainPlan(name: string | null, plan: Plan): string {
  const idOf: IdOf = (step) => plan.steps[step]?.id ?? ''
  const edges = edgesOf(plan)
  const stages = stagesOf(plan, edges)
  const blocks = stages.map((stage, index) => [
    stage.length === 1 ? `${index + 1}.` : `${index + 1}. in parallel:`,
    ...stage.flatMap((at) =>
      explainStep(
        plan,
        at,
        edges.filter(({ to }) => to === at),
        idOf,
      ),
    ),
  ])
  return [
    `${name ?? 'A flow'}: ${plan.steps.length} step${plan.steps.length === 1 ? '' : 's'} in ${stages.length} stage${stages.length === 1 ? '' : 's'}`,
    '',
    ...blocks.flat(),
    '',
    ...endsOf(plan, idOf),
    '',
  ].join('\n')
}

function explainStep(plan: Plan, index: number, edges: readonly Edge[], idOf: IdOf): readonly string[] {
  const step = plan.steps[index]
  if (step === undefined) return []
  const after = edges.map(({ from }) => plan.steps[from]?.id ?? '')
  return [
    `   ${step.id}  ${step.component}${after.length === 0 ? '' : `  after ${after.join(', ')}`}`,
    ...[
      ...(step.each === null ? [] : [loopText(step.each.items, step, idOf)]),
      ...(step.gate === null ? [] : [gateText(step.gate, idOf)]),
      ...(step.each === null || step.each.gate === null ? [] : [`each item ${gateText(step.each.gate, idOf)}`]),
      ...blockedText(step, idOf),
      ...step.retry.filter(({ on }) => !isTransport(on)).map(retryText),
      ...(step.timeoutMs === null ? [] : [`an attempt may take ${durationText(step.timeoutMs)}`]),
      ...failureText(step, idOf),
    ].map((line) => `       ${line}`),
  ]
}

function loopText(items: Step['input'], { each }: Step, idOf: IdOf): string {
  const lanes = each?.parallelMax ?? null
  return `for each of ${describe(items, idOf)}${lanes === null ? '' : `, ${lanes} at once`}`
}

function gateText({ expr, runsWhen, ifBroken }: Gate, idOf: IdOf): string {
  const broken = ifBroken === 'skip' ? ', or when that cannot be told' : ''
  return runsWhen ? `runs only if ${describe(expr, idOf)}` : `skipped if ${describe(expr, idOf)}${broken}`
}

/** Where a skipped or failed source decides: explicit needs, and references without another value. */
function blockedText(step: Step, idOf: IdOf): readonly string[] {
  const { needs } = step
  const sources = new Set<string>()
  for (const part of questionsOf(step).flatMap((question) => [...everyPart(question)]))
    if (part.kind === 'output' && part.ifSkipped === 'skip') sources.add(idOf(part.of))
  const names = [...sources]
  const texts = names.length === 0 ? [] : [`skipped if ${names.join(' or ')} is`]
  if (needs === null || needs.join === 'done') return texts
  const wanted = `${needs.join === 'all' ? 'all of' : 'one of'} ${needs.steps.map(idOf).join(', ')}`
  return [...texts, `${needs.ifBlocked === 'skip' ? 'skipped' : 'fails'} unless ${wanted} succeed`]
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

function failureText({ onError, mustExecute }: Step, idOf: IdOf): readonly string[] {
  const must = mustExecute ? ['runs in any case, and fails the run when it fails'] : []
  if (onError.kind === 'skip') return [...must, 'a failure becomes a skip']
  if (onError.kind === 'substitute') return [...must, `a failure becomes ${describe(onError.output, idOf)}`]
  return must
}

function endsOf({ output, demand, verdict }: Plan, idOf: IdOf): readonly string[] {
  return [
    output === null ? 'Result: null' : `Result: ${describe(output, idOf)}`,
    demand === 'all-steps' ? 'All steps run.' : 'Only what the result needs runs.',
    verdict === 'by-output'
      ? 'The result decides how the run ended.'
      : 'A failure that no step handles makes the run fail.',
  ]
}
