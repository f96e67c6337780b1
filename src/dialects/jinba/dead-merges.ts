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

export function warnOfDeadMerges(heads: readonly StepHead[], steps: readonly CompiledStep[], report: Report): void {
  for (const head of heads) {
    const needs = steps[head.index]?.step.needs ?? null
    if (needs === null || needs.join !== 'all' || needs.steps.length < 2) continue
    const pair = contradiction(conditionsBefore(needs.steps, steps))
    if (pair === null) continue
    const [a, b] = pair.map(({ step }) => quote(heads[step]?.id ?? ''))
    const message = `Step ${quote(head.id)} can never run: it needs ${a} and ${b}, of which at most one runs`
    report.inStep(head.id).warning('DEAD_MERGE', head.idNode.span, message, 'Add join: any, or join: done')
  }
}

/** The conditions that must all hold before a step that needs `sources` can run. */
function conditionsBefore(sources: readonly StepIndex[], steps: readonly CompiledStep[]): readonly Asked[] {
  const asked: Asked[] = []
  const seen = new Set<number>(sources)
  for (const index of seen) {
    if (seen.size > conditionsMax) break
    const { needs = null, gate = null } = steps[index]?.step ?? {}
    if (gate?.expr.kind === 'condition') asked.push(...comparisonIn(gate.expr.text, index))
    if (needs?.join === 'all') for (const source of needs.steps) seen.add(source)
  }
  return asked
}

const comparison = /^\s*(['"]?)\{\{\s*([^{}]+?)\s*\}\}\1\s*(==|!=)\s*(?:'([^'{}]*)'|"([^"{}]*)"|([\w.]+))\s*$/

function comparisonIn(text: string, step: number): readonly Asked[] {
  const [, , of, operator, single, double, bare] = comparison.exec(text) ?? []
  const is = single ?? double ?? bare
  return of === undefined || is === undefined ? [] : [{ step, of, is, isWanted: operator === '==' }]
}

function contradiction(asked: readonly Asked[]): readonly [Asked, Asked] | null {
  for (const [at, a] of asked.entries())
    for (const b of asked.slice(at + 1)) if (a.of === b.of && excludes(a, b)) return [a, b]
  return null
}

function excludes(a: Asked, b: Asked): boolean {
  return a.is === b.is ? a.isWanted !== b.isWanted : a.isWanted && b.isWanted
}
