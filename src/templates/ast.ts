// A template as a tree. Offsets are those of its normalised text.
import type { TemplateSpan } from './problem.ts'

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

/** What a call, a filter or a test is given. */
export type Arguments = {
  readonly positional: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression }[]
  readonly rest: Expression | null
  readonly namedRest: Expression | null
}

export type NameExpression = {
  readonly kind: 'name'
  readonly name: string
  readonly span: TemplateSpan
  /** Whether the template itself may have set it; what it has not set comes from outside. */
  mayBeLocal: boolean
  mayBeFree: boolean
}

export type Expression =
  | NameExpression
  | { readonly kind: 'literal'; readonly value: unknown; readonly span: TemplateSpan }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string; readonly span: TemplateSpan }
  | { readonly kind: 'item'; readonly of: Expression; readonly key: Expression; readonly span: TemplateSpan }
  | {
      readonly kind: 'slice'
      readonly of: Expression
      readonly start: Expression | null
      readonly stop: Expression | null
      readonly step: Expression | null
      readonly span: TemplateSpan
    }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[]; readonly span: TemplateSpan }
  | {
      readonly kind: 'mapping'
      readonly entries: readonly { readonly key: Expression; readonly value: Expression }[]
      readonly span: TemplateSpan
    }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
      readonly span: TemplateSpan
    }
  | { readonly kind: 'join'; readonly parts: readonly Expression[]; readonly span: TemplateSpan }
  | { readonly kind: 'negative' | 'positive' | 'not'; readonly of: Expression; readonly span: TemplateSpan }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression; readonly span: TemplateSpan }
  | {
      readonly kind: 'compare'
      readonly first: Expression
      readonly rest: readonly {
        readonly operator: Comparison
        readonly operand: Expression
        readonly span: TemplateSpan
      }[]
      readonly span: TemplateSpan
    }
  | {
      readonly kind: 'if'
      readonly test: Expression
      readonly then: Expression
      readonly otherwise: Expression | null
      readonly span: TemplateSpan
    }
  | { readonly kind: 'call'; readonly of: Expression; readonly args: Arguments; readonly span: TemplateSpan }
  | {
      readonly kind: 'filter'
      /** `null` stands for the text of a filter block. */
      readonly of: Expression | null
      readonly name: string
      /** Where its name stands. */
      readonly at: number
      readonly args: Arguments
      readonly span: TemplateSpan
    }
  | {
      readonly kind: 'test'
      readonly of: Expression
      readonly name: string
      /** Where its name stands. */
      readonly at: number
      readonly args: Arguments
      readonly isNegated: boolean
      readonly span: TemplateSpan
    }

/** What an assignment writes to. */
export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'tuple'; readonly items: readonly Target[] }
  | { readonly kind: 'member'; readonly of: NameExpression; readonly name: string; readonly span: TemplateSpan }

/** The names that an assignment to `target` sets. */
export function namesOf(target: Target): readonly string[] {
  if (target.kind === 'tuple') return target.items.flatMap(namesOf)
  return target.kind === 'name' ? [target.name] : []
}

export type Parameter = { readonly name: string; readonly byDefault: Expression | null }

/** The parts of a macro, which the body of a `call` block is as well. */
export type MacroBody = {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: readonly Statement[]
  readonly usesRest: boolean
  readonly usesNamedRest: boolean
  readonly usesCaller: boolean
}

export type Statement =
  | { readonly kind: 'data'; readonly text: string }
  | { readonly kind: 'hole'; readonly expression: Expression; readonly span: TemplateSpan }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[]
      readonly otherwise: readonly Statement[]
    }
  | {
      readonly kind: 'for'
      readonly target: Target
      readonly items: Expression
      readonly filter: Expression | null
      readonly isRecursive: boolean
      readonly body: readonly Statement[]
      readonly otherwise: readonly Statement[]
      readonly span: TemplateSpan
    }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression; readonly span: TemplateSpan }
  | {
      readonly kind: 'set-block'
      readonly target: Target
      readonly filters: Expression | null
      readonly body: readonly Statement[]
      readonly span: TemplateSpan
    }
  | {
      readonly kind: 'with'
      readonly bindings: readonly { readonly target: Target; readonly value: Expression }[]
      readonly body: readonly Statement[]
      readonly span: TemplateSpan
    }
  | { readonly kind: 'macro'; readonly macro: MacroBody; readonly span: TemplateSpan }
  | {
      readonly kind: 'call-block'
      readonly call: Extract<Expression, { kind: 'call' }>
      readonly caller: MacroBody
      readonly span: TemplateSpan
    }
  | {
      readonly kind: 'filter-block'
      readonly filters: Expression
      readonly body: readonly Statement[]
      readonly span: TemplateSpan
    }
  | { readonly kind: 'break' | 'continue'; readonly span: TemplateSpan }
