// A step that needs two branches of which only one can run never runs itself. That is the language's rule, and seldom meant.
import { quote } from '../../lib/quote.ts'
import type { StepIndex } from '../../plan/expr.ts'
import type { Report } from '../../source/report.ts'
import type { StepHead } from './heads.ts'
import type { CompiledStep } from './steps.ts'

/** What a condition asks of something: that it is this text, or that it is not. */
type Asked = { readonly step: number; readonly of: string; readonly is: string; readonly isWanted: boolean }

/** Steps before a merge that are looked through for conditions. */
const conditionsMax = 200

/** Characters of a condition that is looked at; what compares one thing with one text is shorter. */
const conditionLengthMax = 1_000

export function warnOfDeadMerges(heads: readonly StepHead[], steps: readonly CompiledStep[], report: Report): void {
  const asked = steps.map(comparisonIn)
  for (const head of heads) {
    const needs = steps[head.index]?.step.needs ?? null
    if (needs === null || needs.join !== 'all' || needs.steps.length < 2) continue
    const pair = contradiction(conditionsBefore(needs.steps, steps, asked))
    if (pair === null) continue
    const [a, b] = pair.map(({ step }) => quote(heads[step]?.id ?? ''))
    const message = `Step ${quote(head.id)} can never run: it needs ${a} and ${b}, of which at most one runs`
    report.inStep(head.id).warning('DEAD_MERGE', head.idNode.span, message, 'Add join: any, or join: done')
  }
}

/** The conditions that must all hold before a step that needs `sources` can run. */
function conditionsBefore(
  sources: readonly StepIndex[],
  steps: readonly CompiledStep[],
  asked: readonly (Asked | null)[],
): readonly Asked[] {
  const before: Asked[] = []
  const seen = new Set<number>(sources)
  for (const index of seen) {
    if (seen.size > conditionsMax) break
    const condition = asked[index] ?? null
    if (condition !== null) before.push(condition)
    const { needs = null } = steps[index]?.step ?? {}
    if (needs?.join === 'all') for (const source of needs.steps) seen.add(source)
  }
  return before
}

const comparison = /^\s*(['"]?)\{\{\s*([^{}]+?)\s*\}\}\1\s*(==|!=)\s*(?:'([^'{}]*)'|"([^"{}]*)"|([\w.]+))\s*$/

function comparisonIn({ step: { gate } }: CompiledStep, step: number): Asked | null {
  if (gate?.expr.kind !== 'condition' || gate.expr.text.length > conditionLengthMax) return null
  const [, , of, operator, single, double, bare] = comparison.exec(gate.expr.text) ?? []
  const is = single ?? double ?? bare
  return of === undefined || is === undefined ? null : { step, of, is, isWanted: operator === '==' }
}

/** Two conditions on the same thing of which at most one can hold. */
function contradiction(asked: readonly Asked[]): readonly [Asked, Asked] | null {
  for (const about of Map.groupBy(asked, ({ of }) => of).values()) {
    const [wanted] = about.filter(({ isWanted }) => isWanted)
    const other = wanted === undefined ? undefined : about.find((one) => excludes(wanted, one))
    if (wanted !== undefined && other !== undefined) return wanted.step < other.step ? [wanted, other] : [other, wanted]
  }
  return null
}

function excludes(wanted: Asked, other: Asked): boolean {
  return (wanted.is === other.is) !== other.isWanted
}
