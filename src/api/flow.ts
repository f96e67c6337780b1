// Text becomes a flow: read, recognised, compiled, and its plan checked. All problems are told at once.
import type { CompileOptions, Dialect, StepCall } from '../dialects/dialect.ts'
import type { MaybeAsync } from '../lib/maybe-async.ts'
import { planId } from '../plan/hash.ts'
import type { Plan } from '../plan/plan.ts'
import { hasErrors, type Problem, type Span } from '../plan/problem.ts'
import type { Node, Source } from '../source/node.ts'
import { readSource } from '../source/read.ts'

/** A text that can be run. */
export type Flow = {
  readonly kind: 'flow'
  /** The plan's id: equal for texts that say the same. */
  readonly id: string
  readonly name: string | null
  readonly language: string
  readonly plan: Plan
  /** Lints: it runs, and probably does not do what was meant. */
  readonly warnings: readonly Problem[]
  readonly source: Source
  readonly calls: readonly StepCall[]
  /** Variables that a run has to be given. */
  readonly requiredVariables: readonly string[]
}

/** A text that cannot be run, and why. */
export type Problems = {
  readonly kind: 'problems'
  readonly problems: readonly Problem[]
  readonly source: Source
  /** What its steps call, as far as they could be read. */
  readonly calls: readonly StepCall[]
}

/** A text that something is wrong with, for callers who asked to run it. */
export class FlowProblems extends Error {
  override readonly name = 'FlowProblems'
  readonly code = 'FLOW_PROBLEMS'
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ code, message }) => `${code}: ${message}`).join('\n'))
    this.problems = problems
  }
}

export function compileFlow(source: Source, dialects: readonly Dialect[], options: CompileOptions): Flow | Problems {
  const { root, problems } = readSource(source)
  // A tree beside errors is compiled too, so that all problems are told at once.
  return root === null
    ? { kind: 'problems', problems, source, calls: [] }
    : compileTree(root, source, dialects, options, problems)
}

/** Loads what compiling `root` takes. */
export function prepareFor(root: Node, dialects: readonly Dialect[]): MaybeAsync<void> {
  return dialects.find((candidate) => candidate.recognises(root))?.prepare?.()
}

/** The same from a tree that was read, or patched, before. */
export function compileTree(
  root: Node,
  source: Source,
  dialects: readonly Dialect[],
  options: CompileOptions,
  read: readonly Problem[] = [],
): Flow | Problems {
  const dialect = dialects.find((candidate) => candidate.recognises(root))
  const fault = dialect === undefined ? unknownLanguage(source, root.span, dialects) : mixed(root, source, dialects)
  if (dialect === undefined || fault !== null)
    return { kind: 'problems', source, problems: fault === null ? read : [...read, fault], calls: [] }
  const { plan, name, problems, calls, requiredVariables = [] } = dialect.compile(root, source, options)
  const all = [...read, ...problems]
  if (plan === null || hasErrors(all)) return { kind: 'problems', problems: all, source, calls }
  const language = dialect.name
  let id: string | null = null
  return {
    kind: 'flow',
    // To name a large plan takes as long as to compile it, and who only looks at a flow needs no name of it.
    get id() {
      id ??= planId(plan)
      return id
    },
    name,
    language,
    plan,
    warnings: all,
    source,
    calls,
    requiredVariables,
  }
}

/** A text that has words of two languages. */
function mixed(root: Node, { file }: Source, dialects: readonly Dialect[]): Problem | null {
  const marks = dialects.flatMap((dialect) => {
    const span = dialect.markIn(root)
    return span === null ? [] : [{ name: dialect.name, span }]
  })
  const [first, second] = marks.toSorted((a, b) => a.span.start - b.span.start)
  if (first === undefined || second === undefined) return null
  const { line, column } = first.span
  return {
    code: 'MIXED_LANGUAGES',
    severity: 'error',
    message: `Cannot read this step as ${second.name}: the one at line ${line}, column ${column} is ${first.name}`,
    file,
    span: second.span,
    step: null,
    hint: 'Write a flow in one language; a component can be called from either',
  }
}

function unknownLanguage({ file }: Source, span: Span, dialects: readonly Dialect[]): Problem {
  const names = dialects.map(({ name }) => name).join(', ')
  return {
    code: 'UNKNOWN_LANGUAGE',
    severity: 'error',
    message: `This is a flow of none of the languages known here (${names})`,
    file,
    span,
    step: null,
    hint: 'A flow is a mapping with a list `steps`',
  }
}
