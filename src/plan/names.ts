// What linking an expression needs to know of the plan around it.
import type { Evaluate } from './env.ts'
import type { Condition, Expr, Template } from './expr.ts'
import type { Value } from './leaf.ts'

/** Compiles templates and conditions (`templates.ts`). An argument, so that a process whose plans have none does not load it. */
export type Texts = {
  readonly compileTemplate: (expr: Template, compile: (part: Expr) => Evaluate) => Evaluate
  readonly compileCondition: (expr: Condition, compile: (part: Expr) => Evaluate) => Evaluate
}

/** What linking an expression needs to know of its plan. */
export type Names = {
  readonly stepId: (step: number) => string
  readonly variableDefault: (name: string) => Value | undefined
  readonly texts: () => Texts
  /** The first of all equal parts of a plan, by a text that tells them apart: a long plan stays small, and near in memory. */
  readonly shared: <Part>(kind: string, text: string, make: () => Part) => Part
}
