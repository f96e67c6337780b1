// What can be wrong with a template, or go wrong while it renders, with its place.

/** `TEMPLATE_SYNTAX` is found when a template is parsed, the others when it renders. */
export type TemplateCode = 'TEMPLATE_SYNTAX' | 'TEMPLATE_ERROR' | 'TEMPLATE_LIMIT' | 'SECRET_OPERATION'

/** A part of a template's text: offsets of UTF-16 units, the end not included. */
export type TemplateSpan = { readonly start: number; readonly end: number }

/** What is wrong, where, and what would help. Lines and columns count from 1. */
export type TemplateProblem = {
  readonly code: TemplateCode
  readonly message: string
  readonly line: number
  readonly column: number
  readonly hint: string | null
}

/** Something that rendered, but probably not as it was meant. */
export type TemplateWarning = {
  readonly code: 'TEMPLATE_UNDEFINED'
  readonly message: string
  readonly line: number
  readonly column: number
}

/** Ends a rendering. An embedder's `Leaves` may throw it too; anything else that they throw passes through. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault'
  readonly code: TemplateCode
  readonly hint: string | null
  /** Where it happened, if that is not where the evaluation stood. */
  readonly offset: number | null

  constructor(code: TemplateCode, message: string, hint: string | null = null, offset: number | null = null) {
    super(message)
    this.code = code
    this.hint = hint
    this.offset = offset
  }
}

/** An operation that its operands do not allow. */
export function fault(message: string, hint: string | null = null): TemplateFault {
  return new TemplateFault('TEMPLATE_ERROR', message, hint)
}

/** A bound was met. */
export function beyond(what: string, limit: string, max: number): TemplateFault {
  return new TemplateFault('TEMPLATE_LIMIT', `${what}: more than ${max} (${limit})`)
}

/** The line and column of an offset in `text`, counted from 1. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  const newline = before.lastIndexOf('\n')
  return { line: before.split('\n').length, column: offset - newline }
}

/** A fault as a problem of `text`. */
export function toProblem(cause: TemplateFault, text: string, offset: number): TemplateProblem {
  return { code: cause.code, message: cause.message, ...placeOf(text, cause.offset ?? offset), hint: cause.hint }
}
