// The line that a problem is about, with a mark under the place.
import type { Span } from '../plan/problem.ts'

/** A line of text and the mark below it, both with the same columns. `line` counts from 1. */
export type Excerpt = { readonly line: number; readonly text: string; readonly mark: string }

/** Characters of a long line that are shown, around the place. */
const windowMax = 100
/** Of those, how many go before the place. */
const before = 40
const tabWidth = 2

/**
 * The line of `span` in `text`. Tabs become spaces, and characters that a terminal would act on become `·`,
 * so that the mark stands below its place.
 *
 * @returns `null` where the text has no such place.
 */
export function excerptOf(text: string, span: Span): Excerpt | null {
  if (span.line < 1 || span.start > text.length) return null
  const lineStart = text.lastIndexOf('\n', span.start - 1) + 1
  const feed = text.indexOf('\n', span.start)
  const lineEnd = feed === -1 ? text.length : feed
  const from = lineEnd - lineStart <= windowMax ? lineStart : Math.max(lineStart, span.start - before)
  const to = Math.min(lineEnd, from + windowMax)
  const head = (from > lineStart ? '…' : '') + visible(text.slice(from, span.start))
  const marked = visible(text.slice(span.start, Math.min(Math.max(span.end, span.start + 1), to)))
  const tail = visible(text.slice(span.start, to)) + (to < lineEnd ? '…' : '')
  return {
    line: span.line,
    text: (head + tail).trimEnd(),
    mark: ' '.repeat(head.length) + '^'.repeat(marked.trimEnd().length || 1),
  }
}

/** As wide as it is shown, and harmless to a terminal. */
function visible(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '')
    .replaceAll('\t', ' '.repeat(tabWidth))
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·')
}
