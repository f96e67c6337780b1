// Expressions and values in words, short enough for a line that explains.
import { unreachable } from '../lib/assert.ts'
import type { Expr, Lookup, StepIndex } from './expr.ts'
import { toShown, type Value } from './leaf.ts'

/** Whether `expr` is a read of something, rather than built from other expressions. */
export function isRead(expr: Expr): boolean {
  return (
    expr.kind === 'output' ||
    expr.kind === 'input' ||
    expr.kind === 'variable' ||
    expr.kind === 'item' ||
    expr.kind === 'index' ||
    expr.kind === 'loop' ||
    expr.kind === 'state'
  )
}

/** `check.is_basic`, `input.user_id`, `if input.fast then a else b`. */
export function describe(expr: Expr, stepId: (step: StepIndex) => string): string {
  switch (expr.kind) {
    case 'output':
      return stepId(expr.of) + pathText(expr.at)
    case 'input':
      return `input${pathText(expr.at)}`
    case 'variable':
      return `variable ${expr.name}${pathText(expr.at)}`
    case 'item':
      return `item${pathText(expr.at)}`
    case 'index':
      return 'index'
    case 'loop':
      return 'loop'
    case 'state':
      return `${expr.field} of ${stepId(expr.of)}`
    case 'pick':
      return 'what its last steps gave'
    case 'literal':
      return brief(expr.value)
    case 'list':
      return `[${expr.items.map((item) => describe(item, stepId)).join(', ')}]`
    case 'template':
    case 'condition':
      return expr.text
    case 'list-of':
      return describe(expr.of, stepId)
    case 'record':
      return `{ ${expr.entries.map(([key, value]) => `${key}: ${describe(value, stepId)}`).join(', ')} }`
    case 'if':
      return `if ${describe(expr.condition, stepId)} then ${describe(expr.then, stepId)} else ${describe(expr.otherwise, stepId)}`
    case 'coalesce':
      return `first of ${expr.members.map((member) => describe(member, stepId)).join(', ')}`
    default:
      return unreachable(expr)
  }
}

function pathText(at: Lookup): string {
  const path = at.paths[0] ?? []
  return path.map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${segment}`)).join('')
}

const BRIEF_MAX = 60

/** A value in at most 60 characters, its secrets masked. */
export function brief(value: Value | undefined): string {
  if (value === undefined) return 'undefined'
  const text = JSON.stringify(toShown(value))
  return text.length <= BRIEF_MAX ? text : `${text.slice(0, BRIEF_MAX - 1)}…`
}
