// Where something in a template stands in the file: a template is a text inside a text, quoted or folded or as it is.
import type { Span } from '../../plan/problem.ts'
import type { Node, Source } from '../../source/node.ts'

/** The span of `text[start, end)`. */
export type PlaceOf = (start: number, end: number) => Span

/** A line of the text, and where it stands in the file; `at` is -1 where it was written otherwise. */
type Line = { readonly start: number; readonly end: number; readonly at: number } & Pick<Span, 'line' | 'column'>

/** Lines that are looked for and not found: in a folded text, each search reads all that was written. */
const linesMissedMax = 100

/** Places in `text`, which is what `node` holds; what was written otherwise than it reads stands where the node does. */
export function placesIn(node: Node, text: string, source: Source): PlaceOf {
  let lines: readonly Line[] | null = null
  return (start, end) => {
    lines ??= linesOf(node.span, text, source.text)
    const line = lineAt(lines, start)
    if (line === undefined || line.at === -1) return node.span
    const from = line.at + start - line.start
    const column = line.column + start - line.start
    return { line: line.line, column, start: from, end: from + Math.max(1, Math.min(end, line.end) - start) }
  }
}

/** Each line is looked for behind the one before it. */
function linesOf(span: Span, text: string, source: string): readonly Line[] {
  const written = source.slice(span.start, span.end)
  let cursor = 0
  let { line, column } = span
  let start = 0
  let missed = 0
  return text.split('\n').map((part) => {
    const found = part === '' || missed > linesMissedMax ? -1 : written.indexOf(part, cursor)
    const end = start + part.length
    if (found === -1) missed += part === '' ? 0 : 1
    else {
      const breaks = lineBreaks(written, cursor, found)
      line += breaks.count
      column = breaks.count === 0 ? column + found - cursor : found - breaks.last
      cursor = found
    }
    const placed = { start, end, at: found === -1 ? -1 : span.start + found, line, column }
    if (found !== -1) {
      cursor += part.length
      column += part.length
    }
    start = end + 1
    return placed
  })
}

function lineBreaks(text: string, from: number, to: number): { readonly count: number; readonly last: number } {
  let [count, last] = [0, -1]
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1
    last = at
  }
  return { count, last }
}

/** The line that holds `offset`. */
function lineAt(lines: readonly Line[], offset: number): Line | undefined {
  let [low, high] = [0, lines.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lines[middle]?.start ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return lines[low]
}
