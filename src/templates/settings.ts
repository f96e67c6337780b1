// How a template is to be rendered, and what an embedder says about values that are no plain data.
import type { CodeLanguage } from './escape.ts'
import type { Limits } from './limits.ts'
import type { TextPart } from './text-builder.ts'

/**
 * Values of the embedder that are no plain data: secrets that are sealed, values that lie elsewhere.
 * A template may pass them on and join them with text; whatever else it does opens them first.
 */
export type Leaves = {
  readonly isLeaf: (value: object) => boolean
  /** Whether the leaf stays what it is in text; else it is opened there too. Absent: all stay. */
  readonly staysInText?: (leaf: object) => boolean
  /** The value to go on with where a template looks inside; or it throws. */
  readonly open: (leaf: object) => unknown
  /** Text with leaves in it. `escapeText` says how a leaf's text is to be written in its place. */
  readonly join: (parts: readonly TextPart[]) => unknown
}

/** How a template renders. */
export type Settings = {
  /** How lists, mappings, booleans and `none` are written in text: as JSON, or as Python (and Jinja2) writes them. */
  readonly text: 'json' | 'python'
  /** Whether a text that is one hole and nothing else gives the hole's value itself. */
  readonly pure: 'native' | 'text'
  /** The language of source code that the text is: holes become literals, or are escaped for the quotes around them. */
  readonly code: CodeLanguage | null
  readonly leaves: Leaves | null
  readonly limits: Limits
}
