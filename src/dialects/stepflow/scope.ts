// Where an expression stands: what it may name, what a reference means there, and what is learnt from it.
import type { Expr, OutputRef, StepIndex } from '../../plan/expr.ts'
import type { Variable } from '../../plan/plan.ts'
import type { Span } from '../../plan/problem.ts'
import type { Node } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'

/** What a file shows of itself: the first place of each. */
export type Marks = {
  /** A word of the generations that skip: `$from`, `skipIf`, `$on_skip` … All their steps run. */
  skipping: Span | null
  /** A word of the generation that does not: `$step`, `$if` … Only the steps that are needed run. */
  lazy: Span | null
  /** A variable, where the flow declares none. */
  undeclared: Span | null
}

/** What can be named in a flow. */
export type Names = {
  readonly steps: ReadonlyMap<string, StepIndex>
  /** The steps whose output wraps the content of a file. */
  readonly loadsFile: ReadonlySet<StepIndex>
  /** `null`: the flow declares none, so any can be given. */
  readonly variables: ReadonlyMap<string, Variable> | null
  readonly marks: Marks
}

/** What a reference means in one part of a step. */
export type Place = Pick<OutputRef, 'ifSkipped' | 'ifFailed'>

export type Scope = {
  readonly names: Names
  readonly report: Report
  /** The step that it is in; `null` in the output of the flow. */
  readonly self: StepIndex | null
  readonly place: Place
  /** Whether there is an item and an index to read. */
  readonly isInLoop: boolean
  /** Collects the steps that are read, repeats included. */
  readonly reads: StepIndex[]
}

/** Compiles a part of an expression. An argument where the one file would otherwise import the other. */
export type Compile = (node: Node, scope: Scope) => Expr

export const nothing: Expr = { kind: 'literal', value: null }

/** In an input, the items of a loop, the output: who reads a step that was skipped or failed ends like it. */
export const inInput: Place = { ifSkipped: 'skip', ifFailed: 'fail' }
/** In a `skipIf`: what was skipped or failed is not true, so it skips nobody. */
export const inGate: Place = { ifSkipped: 'undefined', ifFailed: 'undefined' }

/** In the default of a reference in `place`: what was skipped too is null. */
export function inDefault({ ifFailed }: Place): Place {
  return { ifSkipped: nothing, ifFailed }
}

/** Notes that the file is of a generation that skips. */
export function noteSkipping(marks: Marks, span: Span): void {
  marks.skipping ??= span
}

/** Notes that the file is of the generation that runs what is needed. */
export function noteLazy(marks: Marks, span: Span): void {
  marks.lazy ??= span
}
