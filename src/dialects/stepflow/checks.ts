// What can only be seen of a whole flow: steps that never run, generations that disagree about which steps run.
import { quote } from '../../lib/quote.ts'
import type { Expr, StepIndex } from '../../plan/expr.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Report } from '../../source/report.ts'
import type { StepHead } from './heads.ts'
import type { Marks } from './scope.ts'
import type { CompiledStep } from './steps.ts'

/** In a flow that runs what is needed, a step that nothing asks for never runs. */
export function warnOfUnreachable(
  heads: readonly StepHead[],
  steps: readonly CompiledStep[],
  outputReads: readonly StepIndex[],
  report: Report,
): void {
  const needed = new Uint8Array(steps.length)
  const open: number[] = [
    ...outputReads,
    ...heads.filter(({ index }) => steps[index]?.step.mustExecute === true).map(({ index }) => index),
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (needed[next] === 1) continue
    needed[next] = 1
    for (const step of steps[next]?.waitsFor ?? []) open.push(step)
  }
  for (const { id, index, idNode } of heads)
    if (needed[index] === 0)
      report
        .inStep(id)
        .warning(
          'UNREACHABLE_STEP',
          idNode.span,
          `Cannot see why step ${quote(id)} would run: the output needs nothing of it`,
          'Read it in the output, or set mustExecute: true',
          1000,
        )
}

/** Which steps run and what fails the run: the generation of the words that the file uses decides. */
export function demandOf(
  output: Expr | null,
  steps: readonly CompiledStep[],
  { skipping, lazy }: Marks,
  report: Report,
): Pick<Plan, 'demand' | 'verdict'> {
  if (output !== null && skipping === null) return { demand: 'what-output-needs', verdict: 'by-output' }
  if (output !== null && skipping !== null && lazy !== null && !needsAll(output, steps)) {
    const message =
      'Cannot run only what the output needs: the flow mixes two generations of the language, so all its steps run'
    report.warning(
      'MIXED_GENERATIONS',
      skipping,
      message,
      `Use one of them throughout: the newer one is in line ${lazy.line}`,
    )
  }
  return { demand: 'all-steps', verdict: 'any-unhandled-failure' }
}

/** Whether the output fails without any one of the steps: then both generations run them all, and fail in the same runs. */
function needsAll(output: Expr, steps: readonly CompiledStep[]): boolean {
  const needed = new Set<number>()
  const open: number[] = [...alwaysRead(output), ...steps.keys().filter((at) => steps[at]?.step.mustExecute === true)]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (needed.has(next)) continue
    needed.add(next)
    const step = steps[next]?.step
    // What a condition or the items of a loop keep back may never be asked for.
    if (step !== undefined && step.gate === null && step.each === null) open.push(...alwaysRead(step.input))
  }
  return needed.size === steps.length
}

/** The steps without which `expr` has no value. Without recursion: it may be deep. */
function alwaysRead(expr: Expr): readonly StepIndex[] {
  const found: StepIndex[] = []
  const open: Expr[] = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'output' && next.ifFailed === 'fail') found.push(next.of)
    if (next.kind === 'list') open.push(...next.items)
    if (next.kind === 'record') open.push(...next.entries.map(([, value]) => value))
    const [first] = next.kind === 'coalesce' ? next.members : []
    if (first !== undefined) open.push(first)
  }
  return found
}

/** A flow that reads variables and declares none: a typing mistake in their names would be found only when it runs. */
export function warnOfUndeclared({ undeclared }: Marks, report: Report): void {
  if (undeclared === null) return
  report.warning(
    'MISSING_VARIABLE_SCHEMA',
    undeclared,
    'Cannot check this variable: the flow declares none',
    'Declare it under schemas.properties.variables',
    1004,
  )
}
