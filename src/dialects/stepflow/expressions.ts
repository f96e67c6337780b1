// Values that are computed when a step starts. Only a mapping can be a reference; the first of a fixed order of keys decides.
import { unreachable } from '../../lib/assert.ts'
import { didYouMean } from '../../lib/did-you-mean.ts'
import { quote } from '../../lib/quote.ts'
import { type Json, setOwn } from '../../lib/json.ts'
import type { Expr } from '../../plan/expr.ts'
import { describe, type Entry, type ListNode, type MapNode, type Node } from '../../source/node.ts'
import { toJson } from '../../source/to-json.ts'
import { compileFrom, compileIndex, compileInput, compileItem, compileStep, compileVariable } from './references.ts'
import { noteLazy, nothing, type Scope } from './scope.ts'
import { siblingsOf } from './siblings.ts'

const forms = ['$literal', '$if', '$coalesce', '$from', '$step', '$input', '$variable', '$item', '$index'] as const
type Form = (typeof forms)[number]

/** The expression that `node` writes. What is wrong with it goes to the scope's report. */
export function compileExpr(node: Node, scope: Scope): Expr {
  if (node.kind === 'scalar') return { kind: 'literal', value: node.value }
  if (node.kind === 'list') return compileList(node, scope)
  const [form, main] = formOf(node) ?? []
  return form === undefined || main === undefined ? compileRecord(node, scope) : compileForm(form, node, main, scope)
}

function formOf(node: MapNode): readonly [Form, Entry] | null {
  if (!node.entries.some(({ key }) => key.startsWith('$'))) return null
  for (const form of forms) {
    const main = node.entries.find(({ key }) => key === form)
    if (main !== undefined) return [form, main]
  }
  return null
}

function compileForm(form: Form, node: MapNode, main: Entry, scope: Scope): Expr {
  switch (form) {
    case '$literal':
      siblingsOf(node, main, [], scope.report)
      return { kind: 'literal', value: toJson(main.value) }
    case '$if':
      return compileIf(node, main, scope)
    case '$coalesce':
      return compileCoalesce(node, main, scope)
    case '$from':
      return compileFrom(node, main, scope, compileExpr)
    case '$step':
      return compileStep(node, main, scope, compileExpr)
    case '$input':
      return compileInput(node, main, scope)
    case '$variable':
      return compileVariable(node, main, scope, compileExpr)
    case '$item':
      return compileItem(node, main, scope)
    case '$index':
      return compileIndex(node, main, scope)
    default:
      return unreachable(form)
  }
}

function compileIf(node: MapNode, main: Entry, scope: Scope): Expr {
  noteLazy(scope.names.marks, main.keySpan)
  const siblings = siblingsOf(node, main, ['then', 'else'], scope.report)
  const then = siblings.get('then')
  if (then === undefined)
    scope.report.error(
      'INVALID_EXPRESSION',
      main.keySpan,
      'Cannot find "then" beside "$if"',
      'Write { $if: …, then: …, else: … }',
    )
  const otherwise = siblings.get('else')
  return {
    kind: 'if',
    condition: compileExpr(main.value, scope),
    then: then === undefined ? nothing : compileExpr(then.value, scope),
    otherwise: otherwise === undefined ? nothing : compileExpr(otherwise.value, scope),
    truthiness: 'some',
  }
}

function compileCoalesce(node: MapNode, main: Entry, scope: Scope): Expr {
  noteLazy(scope.names.marks, main.keySpan)
  siblingsOf(node, main, [], scope.report)
  if (main.value.kind === 'list')
    return { kind: 'coalesce', members: main.value.items.map((item) => compileExpr(item, scope)) }
  const message = `Cannot use ${describe(main.value)} as $coalesce: it is a list of values to try`
  scope.report.error('INVALID_EXPRESSION', main.value.span, message, 'Write { $coalesce: [first, second] }')
  return nothing
}

/** What is the same in every run becomes one literal. */
function compileList(node: ListNode, scope: Scope): Expr {
  const items = node.items.map((item) => compileExpr(item, scope))
  if (!items.every(isLiteral)) return { kind: 'list', items }
  return { kind: 'literal', value: items.map(({ value }): Json => value) }
}

function compileRecord(node: MapNode, scope: Scope): Expr {
  const entries = node.entries.map(({ key, keySpan, value }): readonly [string, Expr] => {
    if (key.startsWith('$')) warnOfData(key, keySpan, scope)
    return [key, compileExpr(value, scope)]
  })
  const record: { [key: string]: Json } = {}
  for (const [key, value] of entries) {
    if (value.kind !== 'literal') return { kind: 'record', entries }
    setOwn(record, key, value.value)
  }
  return { kind: 'literal', value: record }
}

function isLiteral(expr: Expr): expr is Extract<Expr, { kind: 'literal' }> {
  return expr.kind === 'literal'
}

/** Keys that documents mention but no version of the language reads. */
const neverRead: ReadonlySet<string> = new Set(['$expr', '$template'])
/** Shorter names are near to everything. */
const nearNameMin = 5

function warnOfData(key: string, keySpan: Entry['keySpan'], { report }: Scope): void {
  const meant = key.length < nearNameMin ? null : didYouMean(key, forms)
  if (meant === null && !neverRead.has(key)) return
  const hint = meant === null ? `Expressions are ${forms.join(', ')}` : `Did you mean ${quote(meant)}?`
  report.warning('UNKNOWN_KEY', keySpan, `Cannot read ${quote(key)} as an expression: it is plain data`, hint)
}
