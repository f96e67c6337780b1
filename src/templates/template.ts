// A template: parsed once, asked what it refers to, compiled once, rendered often.
import type { Statement } from './ast.ts'
import { CodeScanner } from './code-scanner.ts'
import { compileBlock } from './compile-statement.ts'
import { compileExpression } from './compile-expression.ts'
import type { Bind, CompileContext, Evaluate } from './compiled.ts'
import type { Limits } from './limits.ts'
import { finished } from './operators.ts'
import { parseStatements } from './parse-statements.ts'
import { beyond, TemplateFault, type TemplateProblem, type TemplateWarning, toProblem } from './problem.ts'
import { Runtime } from './runtime.ts'
import { normalise } from './scan-text.ts'
import { type Reference, resolveNames } from './scopes.ts'
import type { Settings } from './settings.ts'
import { toPlain } from './to-plain.ts'
import { Undefined, UNDEFINED } from './values.ts'

export type { Bind } from './compiled.ts'
export type { Reference } from './scopes.ts'
export type { Leaves, Settings } from './settings.ts'
export { UNDEFINED }

/** A template that was parsed. */
export type Template = {
  readonly kind: 'template'
  /** Its text, with one kind of line ending and without the last one. Spans are offsets in it. */
  readonly source: string
  readonly statements: readonly Statement[]
  readonly references: readonly Reference[]
  /** Whether it is one hole and nothing else, white space around it aside. */
  readonly isPure: boolean
}

export type Parsed =
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'problems'; readonly problems: readonly TemplateProblem[] }

export type ParseSettings = {
  /** Known names with hyphens, which may stand behind a dot: `steps.my-id.result`. */
  readonly dashedNames: ReadonlySet<string>
  readonly limits: Limits
}

/** Renders a template with what `read` gives for its slots, and `names` for everything that has no slot. */
export type Render = (read: (slot: number) => unknown, names: Readonly<Record<string, unknown>>) => Rendered

export type Rendered =
  | { readonly kind: 'value'; readonly value: unknown; readonly warnings: readonly TemplateWarning[] }
  | { readonly kind: 'failed'; readonly problem: TemplateProblem }

const NOT_BOUND: Bind = () => null

/**
 * Parses `text`. Filters and tests that do not exist are found here too.
 *
 * @example parseTemplate('Hello {{ inputs.name }}', { dashedNames: new Set(), limits: TEMPLATE_LIMITS })
 */
export function parseTemplate(text: string, options: ParseSettings): Parsed {
  const source = normalise(text)
  try {
    const { sourceLengthMax } = options.limits
    if (source.length > sourceLengthMax) throw beyond('The template is too long', 'sourceLengthMax', sourceLengthMax)
    const statements = parseStatements(source, options)
    const references = resolveNames(statements)
    compileBlock(statements, { bind: NOT_BOUND, hasGuards: false })
    const template: Template = { kind: 'template', source, statements, references, isPure: isPure(source, statements) }
    return { kind: 'template', template }
  } catch (cause) {
    return { kind: 'problems', problems: [toProblem(asFault(cause), source, 0)] }
  }
}

/** What a template reads from outside, in the order of its text; each occurrence on its own. */
export function referencesOf(template: Template): readonly Reference[] {
  return template.references
}

/**
 * Compiles a template. `bind` may claim the beginning of a reference's path, which is then read from its slot;
 * what it does not claim is looked up in `names` when the template renders.
 */
export function compileTemplate(template: Template, settings: Settings, bind: Bind = NOT_BOUND): Render {
  const { source, statements } = template
  const context: CompileContext = { bind, hasGuards: settings.text === 'json' }
  const pure = settings.pure === 'native' && template.isPure ? pureHole(statements) : null
  const run = pure === null ? textRun(statements, context) : valueRun(compileExpression(pure, context))
  const { code } = settings
  return (read, names) => {
    const scanner = code === null || pure !== null ? null : new CodeScanner(code)
    const rt = new Runtime(settings, source, read, names, scanner)
    try {
      const value = run(rt)
      return { kind: 'value', value, warnings: rt.warnings }
    } catch (cause) {
      return { kind: 'failed', problem: toProblem(asFault(cause), source, rt.at) }
    }
  }
}

function textRun(statements: readonly Statement[], context: CompileContext): Evaluate {
  const execute = compileBlock(statements, context)
  return (rt) => {
    execute(rt)
    const { outputBytesMax } = rt.settings.limits
    const { out } = rt
    const isLong = out.length * BYTES_PER_UNIT_MAX > outputBytesMax
    if (isLong && bytesOf(out.text) > outputBytesMax)
      throw beyond('The output is too long in bytes', 'outputBytesMax', outputBytesMax)
    return finished(rt, out)
  }
}

function valueRun(evaluate: Evaluate): Evaluate {
  return (rt) => {
    const value = evaluate(rt)
    if (value instanceof Undefined) rt.warn(value.message)
    return toPlain(rt, value)
  }
}

/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3

function bytesOf(text: string): number {
  let bytes = text.length
  for (const [char] of text.matchAll(/[\u0080-\u{10ffff}]/gu)) {
    const point = char.codePointAt(0) ?? 0
    bytes += point < 0x800 ? 1 : 2
  }
  return bytes
}

function isPure(source: string, statements: readonly Statement[]): boolean {
  const hole = pureHole(statements)
  if (hole === null) return false
  const trimmed = source.trim()
  return trimmed.startsWith('{{') && trimmed.endsWith('}}')
}

/** The one hole of statements that otherwise are white space. */
function pureHole(statements: readonly Statement[]): Extract<Statement, { kind: 'hole' }>['expression'] | null {
  const [first, ...others] = statements.filter((statement) => statement.kind !== 'data' || statement.text.trim() !== '')
  return first?.kind === 'hole' && others.length === 0 ? first.expression : null
}

/** A fault of the template; what an embedder throws, or a mistake of ours, goes on. */
export function asFault(cause: unknown): TemplateFault {
  if (cause instanceof TemplateFault) return cause
  // Data that is nested deeper than the stack allows, or that contains itself.
  if (cause instanceof RangeError && cause.message.includes('call stack'))
    return new TemplateFault('TEMPLATE_LIMIT', 'The data is nested too deep', null)
  throw cause
}
