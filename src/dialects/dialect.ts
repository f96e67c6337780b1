// The seam for languages: text that was read into a tree goes in, a plan and problems come out.
import type { Json } from '../lib/json.ts'
import type { Plan, Backoff } from '../plan/plan.ts'
import type { Problem, Span } from '../plan/problem.ts'
import type { Node, Source } from '../source/node.ts'
import type { Callables } from './editor-schema.ts'
import type { Written } from './written.ts'

/** One language. */
export type Dialect = {
  /** `stepflow`, `jinba`: what a report calls it. */
  readonly name: string
  /** Whether the document is of this language, by its content. The first dialect that says so compiles it. */
  recognises(root: Node): boolean
  /** The first word in the document that only this language has. */
  markIn(root: Node): Span | null
  /** Loads what compiling takes, where that is much and not everybody's. To be called before `compile`. */
  prepare?(): Promise<void>
  compile(root: Node, source: Source, options: CompileOptions): Compiled
  /** Names that flows give to components beside their paths. */
  readonly aliases?: ReadonlyMap<string, string>
  /** A first flow, for somebody who is new to the language. */
  starter(): Promise<Starter>
  /** A plan of any language in this one, and what it cannot say of it. */
  write(plan: Plan): Promise<Written>
  /** The JSON Schema of a file, for editors that help while typing. `callables`: what there is to call, by path. */
  editorSchema(callables: Callables): Promise<Json>
  /** The `test:` section of a flow, as case documents; empty where there is none. */
  casesOf(root: Node): readonly Json[]
}

export type Starter = {
  /** Texts by file name; the flow itself is the first. */
  readonly files: { readonly [name: string]: string }
  /** Command lines that work in the folder of the files. */
  readonly run: string
  readonly test: string
}

/** What a flow is compiled with beside its text. */
export type CompileOptions = {
  /** How often a call that did not get through is tried again, and how such waits grow. */
  readonly transportRetriesMax: number
  readonly backoff: Backoff
}

export type Compiled = {
  /** `null` when a problem is an error. */
  readonly plan: Plan | null
  /** The flow's own name, for people. */
  readonly name: string | null
  readonly problems: readonly Problem[]
  /** Variables that a run has to be given. */
  readonly requiredVariables?: readonly string[]
  /** The steps in the order of the plan, those of a text with errors too. */
  readonly calls: readonly StepCall[]
}

/** What a step calls, and where that is written. */
export type StepCall = {
  readonly id: string
  readonly component: string
  /** Another name that the text has for the component. */
  readonly alias: string | null
  readonly span: Span
}
