// A condition as a tree.
import type { Expression, NameExpression } from './ast.ts'
import type { TemplateSpan } from './problem.ts'

export type ConditionOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'contains'

export type ConditionTree =
  | { readonly kind: 'literal'; readonly value: unknown; readonly span: TemplateSpan }
  /** A hole, or a path without braces; `text` is what it says. */
  | { readonly kind: 'operand'; readonly expression: Expression; readonly text: string; readonly span: TemplateSpan }
  /** Quotes with holes in them. */
  | { readonly kind: 'text'; readonly parts: readonly (string | ConditionTree)[]; readonly span: TemplateSpan }
  | { readonly kind: 'list'; readonly items: readonly ConditionTree[]; readonly span: TemplateSpan }
  | { readonly kind: 'not'; readonly of: ConditionTree; readonly span: TemplateSpan }
  | {
      readonly kind: 'and' | 'or'
      readonly left: ConditionTree
      readonly right: ConditionTree
      readonly span: TemplateSpan
    }
  | {
      readonly kind: 'compare'
      readonly operator: ConditionOperator
      readonly left: ConditionTree
      readonly right: ConditionTree
      readonly span: TemplateSpan
    }
  | {
      readonly kind: 'calculate'
      readonly operator: '+' | '-' | '*' | '/' | '%'
      readonly left: ConditionTree
      readonly right: ConditionTree
      readonly span: TemplateSpan
    }

/** A name that is written without braces. */
export function nameAt(name: string, span: TemplateSpan): NameExpression {
  return { kind: 'name', name, span, mayBeLocal: false, mayBeFree: true }
}
