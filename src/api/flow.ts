// Text becomes a flow: read, recognised, compiled, and its plan checked. All problems are told at once.
import type { CompileOptions, Dialect, StepSpans } from '../dialects/dialect.ts'
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
  /** Where each step is written. */
  readonly stepSpans: readonly StepSpans[]
}

/** A text that cannot be run, and why. */
export type Problems = { readonly kind: 'problems'; readonly problems: readonly Problem[]; readonly source: Source }

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
  return root === null ? { kind: 'problems', problems, source } : compileTree(root, source, dialects, options, problems)
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
  if (dialect === undefined)
    return { kind: 'problems', source, problems: [...read, unknownLanguage(source, root.span, dialects)] }
  const { plan, name, problems, stepSpans } = dialect.compile(root, source, options)
  const all = [...read, ...problems]
  if (plan === null || hasErrors(all)) return { kind: 'problems', problems: all, source }
  return { kind: 'flow', id: planId(plan), name, language: dialect.name, plan, warnings: all, source, stepSpans }
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
