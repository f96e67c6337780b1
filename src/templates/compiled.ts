// What compiling needs and gives.
import type { Expression } from './ast.ts'
import type { Runtime } from './runtime.ts'

/** A compiled expression. */
export type Evaluate = (rt: Runtime) => unknown

/** Which slot a path's beginning is read from, and how many segments that takes. */
export type Bind = (path: readonly (string | number)[]) => { readonly slot: number; readonly taken: number } | null

export type CompileContext = {
  readonly bind: Bind
  /** Whether properties of what is undefined are undefined under `default` and `is defined`, not only an error. */
  readonly hasGuards: boolean
}

/** Compiles an expression; under a guard, what is missing stays undefined. */
export type Compile = (expression: Expression, context: CompileContext, isGuarded?: boolean) => Evaluate
