// Values with holes in them: texts, also inside lists and mappings, become expressions.
import { unreachable } from '../../lib/assert.ts'
import type { Expr, Read, Template } from '../../plan/expr.ts'
import type { Node, ScalarNode } from '../../source/node.ts'
import { TEMPLATE_LIMITS } from '../../templates/limits.ts'
import type { TemplateProblem } from '../../templates/problem.ts'
import { parseTemplate, type Reference, referencesOf } from '../../templates/template.ts'
import { placesIn } from './places.ts'
import { readOf } from './reads.ts'
import type { Scope } from './scope.ts'

export const nothing: Expr = { kind: 'literal', value: null }

/** The expression of any value. `code`: texts in it are source code of that language. */
export function compileValue(node: Node | null, scope: Scope, code: Template['code'] = null): Expr {
  if (node === null) return nothing
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string'
        ? compileText(node.value, node, scope, code)
        : { kind: 'literal', value: node.value }
    case 'list':
      return joined(node.items.map((item) => compileValue(item, scope, code)))
    case 'map':
      return merged(node.entries.map(({ key, value }) => [key, compileValue(value, scope, code)]))
    default:
      return unreachable(node)
  }
}

/** A list of nothing but literals is one itself, and a mapping likewise: it needs no work at run time. */
function joined(items: readonly Expr[]): Expr {
  const values = items.flatMap((item) => (item.kind === 'literal' ? [item.value] : []))
  return values.length === items.length ? { kind: 'literal', value: values } : { kind: 'list', items }
}

export function merged(entries: readonly (readonly [key: string, value: Expr])[]): Expr {
  const values = entries.flatMap(([key, value]) => (value.kind === 'literal' ? [[key, value.value] as const] : []))
  return values.length === entries.length
    ? { kind: 'literal', value: Object.fromEntries(values) }
    : { kind: 'record', entries }
}

function compileText(text: string, node: ScalarNode, scope: Scope, code: Template['code']): Expr {
  if (!/\{[{%#]/.test(text)) return { kind: 'literal', value: text }
  const parsed = parseTemplate(text, { dashedNames: scope.names.dashed, limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'template')
    return { kind: 'template', text, reads: readsOf(referencesOf(parsed.template), text, node, scope), code }
  for (const problem of parsed.problems) refuse(problem, text, node, scope)
  return nothing
}

/** What a template reads, each name once, the longest way to it first. */
export function readsOf(references: readonly Reference[], text: string, node: Node, scope: Scope): readonly Read[] {
  const reads = new Map<string, Read>()
  const placeOf = placesIn(node, text, scope.names.source)
  for (const { path, span } of references) {
    const read = readOf(path, placeOf(span.start, span.end), scope)
    if (read !== null) reads.set(JSON.stringify(read.path), read)
  }
  return [...reads.values()].toSorted((a, b) => b.path.length - a.path.length)
}

function refuse(problem: TemplateProblem, text: string, node: Node, { report, names }: Scope): void {
  const offset = offsetOf(text, problem)
  const span = placesIn(node, text, names.source)(offset, offset + 1)
  report.error(problem.code, span, problem.message, problem.hint)
}

/** Where in `text` the problem is. */
export function offsetOf(text: string, { line, column }: Pick<TemplateProblem, 'line' | 'column'>): number {
  const before = text.split('\n').slice(0, line - 1)
  return before.reduce((sum, part) => sum + part.length + 1, 0) + column - 1
}
