// Conditions: parsed first, with the holes as operands, so that no value can change what is asked.
import type { Expr } from '../../plan/expr.ts'
import type { Gate } from '../../plan/plan.ts'
import { describe, type Entry } from '../../source/node.ts'
import { conditionReferences, parseCondition } from '../../templates/condition.ts'
import { TEMPLATE_LIMITS } from '../../templates/limits.ts'
import type { Scope } from './scope.ts'
import { placesIn } from './places.ts'
import { offsetOf, readsOf } from './templates.ts'

/** The gate of `when`; a condition that cannot be read skips its step, and says so. */
export function compileWhen(entry: Entry | undefined, scope: Scope): Gate | null {
  if (entry === undefined) return null
  const expr = exprOf(entry, scope)
  return expr === null ? null : { expr, runsWhen: true, ifBroken: 'skip', truthiness: 'filled' }
}

function exprOf({ value: node }: Entry, scope: Scope): Expr | null {
  const { report, names } = scope
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return { kind: 'literal', value: node.value }
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    report.error('WRONG_TYPE', node.span, `Cannot use ${describe(node)} here: when is a condition`, 'Write it as text')
    return null
  }
  const text = node.value
  const parsed = parseCondition(text, { dashedNames: names.dashed, limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'condition')
    return { kind: 'condition', text, reads: readsOf(conditionReferences(parsed.condition), text, node, scope) }
  for (const problem of parsed.problems) {
    const offset = offsetOf(text, problem)
    const span = placesIn(node, text, names.source)(offset, offset + 1)
    report.breaking('CONDITION_BROKEN', span, problem.message, problem.hint)
  }
  return { kind: 'condition', text, reads: [] }
}
