// Where reading and compiling put what is wrong. Collects; never throws. Bounded, so that a text of nothing but mistakes stays cheap.
import { hasErrors, type Problem, type Severity, type Span } from '../plan/problem.ts'
import { problemsMax, suggestionsMax } from './bounds.ts'
import { NOWHERE } from './node.ts'

/** What would do; a function where finding it takes a search. */
export type Hint = string | null | (() => string | null)

type Shared = { readonly problems: Problem[]; omitted: boolean; omittedErrors: boolean; suggestionsLeft: number }

/** The problems of one file. A class: one is made for each step. */
export class Report {
  readonly file: string | null
  readonly #step: string | null
  readonly #shared: Shared

  private constructor(file: string | null, step: string | null, shared: Shared) {
    this.file = file
    this.#step = step
    this.#shared = shared
  }

  /** An empty report on `file`. */
  static of(file: string | null): Report {
    return new Report(file, null, {
      problems: [],
      omitted: false,
      omittedErrors: false,
      suggestionsLeft: suggestionsMax,
    })
  }

  /** The same report, for what is wrong with one step. */
  inStep(step: string | null): Report {
    return new Report(this.file, step, this.#shared)
  }

  error(code: string, span: Span, message: string, hint: Hint = null, upstream?: number): void {
    this.#add('error', code, span, message, hint, upstream)
  }

  warning(code: string, span: Span, message: string, hint: Hint = null, upstream?: number): void {
    this.#add('warning', code, span, message, hint, upstream)
  }

  /** A warning of what is bound to break when it runs: an error to who only checks. */
  breaking(code: string, span: Span, message: string, hint: Hint = null): void {
    this.#keep({ ...this.#problem('warning', code, span, message, hint), isBroken: true })
  }

  /** Problems that were found elsewhere in the same text. */
  adopt(problems: readonly Problem[]): void {
    for (const problem of problems) this.#keep({ ...problem, step: this.#step ?? problem.step })
  }

  get hasErrors(): boolean {
    return this.#shared.omittedErrors || hasErrors(this.#shared.problems)
  }

  /** Whether an error went beyond `problemsMax`: whoever looks for more may stop, the text is refused already. */
  get isFull(): boolean {
    return this.#shared.omittedErrors
  }

  /** In the order of the text. What went beyond `problemsMax` is one problem more, an error if one of them was. */
  list(): readonly Problem[] {
    const { problems, omitted, omittedErrors } = this.#shared
    const sorted = problems.toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
    if (!omitted) return sorted
    const severity: Severity = omittedErrors ? 'error' : 'warning'
    const message = `Cannot list more problems than problemsMax (${problemsMax})`
    return [...sorted, { code: 'TOO_MANY_PROBLEMS', severity, message, ...nowhere(this.file) }]
  }

  #add(severity: Severity, code: string, span: Span, message: string, hint: Hint, upstream?: number): void {
    if (!this.#hasRoom(severity)) return
    const problem = this.#problem(severity, code, span, message, hint)
    this.#shared.problems.push(upstream === undefined ? problem : { ...problem, upstream })
  }

  #problem(severity: Severity, code: string, span: Span, message: string, hint: Hint): Problem {
    const place = span === NOWHERE ? null : span
    return { code, severity, message, file: this.file, span: place, step: this.#step, hint: this.#open(hint) }
  }

  #open(hint: Hint): string | null {
    if (typeof hint !== 'function') return hint
    return this.#shared.suggestionsLeft-- > 0 ? hint() : null
  }

  #keep(problem: Problem): void {
    if (this.#hasRoom(problem.severity)) this.#shared.problems.push(problem)
  }

  /** Whether one problem more is kept; if not, that there was one is. */
  #hasRoom(severity: Severity): boolean {
    if (this.#shared.problems.length < problemsMax) return true
    this.#shared.omitted = true
    this.#shared.omittedErrors ||= severity === 'error'
    return false
  }
}

function nowhere(file: string | null): Pick<Problem, 'file' | 'span' | 'step' | 'hint'> {
  return { file, span: null, step: null, hint: null }
}
