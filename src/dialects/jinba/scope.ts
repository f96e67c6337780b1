// What templates of a manifest can name, and what is learnt from what they do name.
import type { StepIndex } from '../../plan/expr.ts'
import type { Source } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import type { StepHead } from './heads.ts'

/** What can be named anywhere in a manifest. */
export type Names = {
  readonly heads: readonly StepHead[]
  readonly steps: ReadonlyMap<string, StepIndex>
  /** Ids with hyphens, which would read as subtractions. */
  readonly dashed: ReadonlySet<string>
  /** Collects the secrets that are read. */
  readonly secrets: Set<string>
  /** Collects the arguments that are read by name; `null` where all of them are. */
  readonly inputs: Set<string | null>
  readonly source: Source
}

export type Scope = {
  readonly names: Names
  readonly report: Report
  readonly self: StepHead
  /** Whether there is an item, an index and a loop to read. */
  readonly isInLoop: boolean
  /** Whether secrets belong here: in settings, not in what a tool is told. */
  readonly isConfig: boolean
  /** Collects the steps that are read, repeats included. */
  readonly reads: StepIndex[]
}
