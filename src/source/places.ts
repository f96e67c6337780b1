// Lines and columns of offsets that mostly grow, as a reader meets them: the whole text is looked through once.
import type { Span } from '../plan/problem.ts'

/** A span whose end is not known yet. */
export type OpenSpan = { -readonly [key in keyof Span]: Span[key] }

export type Places = { spanAt(start: number, end: number): OpenSpan }

/** Places in `text`. A line ends at a line feed; a byte order mark takes no column. */
export function createPlaces(text: string): Places {
  const first = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  let lineStart = first
  let lineEnd = endOfLine(text, first)

  function move(offset: number): void {
    while (offset > lineEnd && lineEnd < text.length) {
      line++
      lineStart = lineEnd + 1
      lineEnd = endOfLine(text, lineStart)
    }
    while (offset < lineStart && line > 1) {
      line--
      lineEnd = lineStart - 1
      lineStart = lineEnd === 0 ? 0 : Math.max(first, text.lastIndexOf('\n', lineEnd - 1) + 1)
    }
  }

  return {
    spanAt(start, end) {
      if (start > lineEnd || start < lineStart) move(start)
      return { line, column: Math.max(1, start - lineStart + 1), start, end }
    },
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}
