// Conditions: parsed once, asked what they refer to, compiled once, asked often.
import { unreachable } from '../lib/assert.ts'
import type { ConditionTree } from './condition-tree.ts'
import { asTextOf, calculated, compared, isFilled, type Operand } from './condition-values.ts'
import { compileExpression } from './compile-expression.ts'
import type { Bind, CompileContext } from './compiled.ts'
import { parseConditionTree } from './parse-condition.ts'
import { fault, type TemplateProblem, type TemplateWarning, toProblem } from './problem.ts'
import { Runtime } from './runtime.ts'
import { normalise } from './scan-text.ts'
import { type Reference, resolveExpression } from './scopes.ts'
import type { Settings } from './settings.ts'
import { asFault, compileTemplate, type ParseSettings, parseTemplate, type Render, type Template } from './template.ts'
import { toPlain } from './to-plain.ts'
import { Undefined } from './values.ts'

/** A condition that was parsed: its tree, or a template whose text is to be the condition. */
export type Condition = {
  readonly kind: 'condition'
  readonly source: string
  readonly tree: ConditionTree | null
  readonly template: Template | null
  readonly references: readonly Reference[]
  readonly options: ParseSettings
}

export type ParsedCondition =
  | { readonly kind: 'condition'; readonly condition: Condition }
  | { readonly kind: 'problems'; readonly problems: readonly TemplateProblem[] }

/** What a condition says, and the values that it looked at, for whoever wants to know why. */
export type ConditionAnswer =
  | {
      readonly kind: 'value'
      readonly isTrue: boolean
      readonly operands: readonly Operand[]
      readonly warnings: readonly TemplateWarning[]
    }
  | { readonly kind: 'failed'; readonly problem: TemplateProblem; readonly operands: readonly Operand[] }

export type Ask = (read: (slot: number) => unknown, names: Readonly<Record<string, unknown>>) => ConditionAnswer

/**
 * Parses a condition, such as `{{ steps.a.result.total }} > 5 and '{{ steps.b.result }}' == 'yes'`.
 * A text with blocks (`{% … %}`) is rendered first, and parsed when it is asked.
 */
export function parseCondition(text: string, options: ParseSettings): ParsedCondition {
  const source = normalise(text)
  if (source.includes('{%')) return parseRendered(text, options)
  try {
    const tree = parseConditionTree(source, options, true)
    const references = referencesIn(tree)
    compileTree(tree, { bind: () => null, hasGuards: true })
    return { kind: 'condition', condition: { kind: 'condition', source, tree, template: null, references, options } }
  } catch (cause) {
    return { kind: 'problems', problems: [toProblem(asFault(cause), source, 0)] }
  }
}

function parseRendered(text: string, options: ParseSettings): ParsedCondition {
  const parsed = parseTemplate(text, options)
  if (parsed.kind === 'problems') return parsed
  const { template } = parsed
  const { source, references } = template
  return { kind: 'condition', condition: { kind: 'condition', source, tree: null, template, references, options } }
}

/** What a condition reads from outside. */
export function conditionReferences(condition: Condition): readonly Reference[] {
  return condition.references
}

/** Compiles a condition; `bind` is as for templates. */
export function compileCondition(condition: Condition, settings: Settings, bind: Bind = () => null): Ask {
  const { tree, template, source } = condition
  const context: CompileContext = { bind, hasGuards: true }
  if (tree !== null) return askTree(compileTree(tree, context), settings, source)
  if (template === null) throw new Error('A condition has a tree or a template')
  const render = compileTemplate(template, { ...settings, pure: 'text', code: null }, bind)
  return (read, names) => askRendered(render, condition, settings, read, names)
}

function askRendered(
  render: Render,
  { options, source }: Condition,
  settings: Settings,
  read: Parameters<Ask>[0],
  names: Parameters<Ask>[1],
): ConditionAnswer {
  const rendered = render(read, names)
  if (rendered.kind === 'failed') return { ...rendered, operands: [] }
  let text = ''
  let operands: readonly Operand[] = []
  try {
    text = textAlone(rendered.value, settings).trim()
    operands = [{ text: source, value: text }]
    const tree = parseConditionTree(text, { ...options, dashedNames: new Set() }, false)
    const answer = askTree(compileTree(tree, { bind: () => null, hasGuards: true }), settings, text)(read, {})
    if (answer.kind === 'failed') return { ...answer, operands }
    return { ...answer, operands, warnings: [...rendered.warnings, ...answer.warnings] }
  } catch (cause) {
    return { kind: 'failed', problem: toProblem(asFault(cause), text, 0), operands }
  }
}

/** Text that is to be parsed has to be known: a leaf in it is opened, or refuses. */
function textAlone(rendered: unknown, { leaves }: Settings): string {
  if (typeof rendered === 'string') return rendered
  const opened = typeof rendered === 'object' && rendered !== null ? leaves?.open(rendered) : undefined
  if (typeof opened !== 'string') throw fault('The condition is no text')
  return opened
}

function askTree(evaluate: Evaluate, settings: Settings, source: string): Ask {
  return (read, names) => {
    const rt = new Runtime({ ...settings, code: null }, source, read, names, null)
    const operands: Operand[] = []
    try {
      const value = evaluate(rt, operands)
      if (value instanceof Undefined) rt.warn(value.message)
      const isTrue = isFilled(rt, value)
      return { kind: 'value', isTrue, operands, warnings: rt.warnings }
    } catch (cause) {
      return { kind: 'failed', problem: toProblem(asFault(cause), source, rt.at), operands }
    }
  }
}

/** Gives a value, and notes the operands that it looked at. */
type Evaluate = (rt: Runtime, operands: Operand[]) => unknown

function compileTree(tree: ConditionTree, context: CompileContext): Evaluate {
  const compile = (part: ConditionTree): Evaluate => compileTree(part, context)
  const at = tree.span.start
  switch (tree.kind) {
    case 'literal': {
      const { value } = tree
      return () => value
    }
    case 'operand': {
      const evaluate = compileExpression(tree.expression, context)
      const { text } = tree
      return (rt, operands) => {
        const value = evaluate(rt)
        operands.push({ text, value: toPlain(rt, value) })
        rt.at = at
        return value
      }
    }
    case 'text': {
      const parts = tree.parts.map((part) => (typeof part === 'string' ? () => part : compile(part)))
      return (rt, operands) =>
        asTextOf(
          rt,
          parts.map((part) => part(rt, operands)),
        )
    }
    case 'list': {
      const items = tree.items.map(compile)
      return (rt, operands) => items.map((item) => item(rt, operands))
    }
    case 'not': {
      const of = compile(tree.of)
      return (rt, operands) => !isFilled(rt, of(rt, operands))
    }
    case 'and': {
      const [left, right] = [compile(tree.left), compile(tree.right)]
      return (rt, operands) => isFilled(rt, left(rt, operands)) && isFilled(rt, right(rt, operands))
    }
    case 'or': {
      const [left, right] = [compile(tree.left), compile(tree.right)]
      return (rt, operands) => isFilled(rt, left(rt, operands)) || isFilled(rt, right(rt, operands))
    }
    case 'compare':
    case 'calculate':
      return compileOperation(tree, compile)
    default:
      return unreachable(tree)
  }
}

function compileOperation(
  tree: Extract<ConditionTree, { kind: 'compare' | 'calculate' }>,
  compile: (part: ConditionTree) => Evaluate,
): Evaluate {
  const [left, right] = [compile(tree.left), compile(tree.right)]
  const at = tree.span.start
  return (rt, operands) => {
    const a = left(rt, operands)
    const b = right(rt, operands)
    rt.at = at
    rt.tick()
    if (tree.kind === 'compare') return compared(rt, tree.operator, a, b)
    return calculated(rt, tree.operator, a, b)
  }
}

function referencesIn(tree: ConditionTree): readonly Reference[] {
  switch (tree.kind) {
    case 'literal':
      return []
    case 'operand':
      return resolveExpression(tree.expression)
    case 'text':
      return tree.parts.flatMap((part) => (typeof part === 'string' ? [] : referencesIn(part)))
    case 'list':
      return tree.items.flatMap(referencesIn)
    case 'not':
      return referencesIn(tree.of)
    case 'and':
    case 'or':
    case 'compare':
    case 'calculate':
      return [...referencesIn(tree.left), ...referencesIn(tree.right)]
    default:
      return unreachable(tree)
  }
}
