// What is wrong with somebody's text. Reading collects problems, all at once; it never throws them one by one.

/** A place in a text. Lines and columns count from 1, offsets from 0 in UTF-16 units; `end` is exclusive. */
export type Span = {
  readonly line: number
  readonly column: number
  readonly start: number
  readonly end: number
}

/** `error`: nothing runs. `warning`: a lint; it runs, and probably does not do what was meant. */
export type Severity = 'error' | 'warning'

/** One thing that is wrong, where, and what would be right. */
export type Problem = {
  /** One of `docs/errors.md`. */
  readonly code: string
  readonly severity: Severity
  /** What could not be done, quoting the offending value. Capital first, no full stop. */
  readonly message: string
  /** The file that the span is in; `null` for text without a name. */
  readonly file: string | null
  readonly span: Span | null
  /** The step that it is about. */
  readonly step: string | null
  /** What would do. */
  readonly hint: string | null
  /** The number that the language's own tools give to the same fault. */
  readonly upstream?: number
  /** A warning of what is bound to break when it runs, where the language says that this is no error before. */
  readonly isBroken?: true
}

/** Whether any of them keeps the text from running. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error')
}
