// Where something in a template stands in the file: a template is a text inside a text, quoted or folded or as it is.
import type { Span } from '../../plan/problem.ts'
import type { Node, Source } from '../../source/node.ts'

/** The span of `text[start, end)`, where `text` is what `node` holds; the node's own where it was written otherwise. */
export function placeIn(node: Node, text: string, start: number, end: number, source: Source): Span {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', start)
  const line = text.slice(lineStart, newline === -1 ? text.length : newline)
  const written = source.text.slice(node.span.start, node.span.end)
  const at = nthIndexOf(written, line, linesBefore(text, lineStart, line))
  if (at === -1 || line === '') return node.span
  const offset = node.span.start + at + (start - lineStart)
  const { line: row, column } = placeOf(source.text, node.span, offset)
  return { line: row, column, start: offset, end: offset + Math.max(1, Math.min(end, lineStart + line.length) - start) }
}

/** How often the same line occurs before. */
function linesBefore(text: string, lineStart: number, line: string): number {
  return text
    .slice(0, lineStart)
    .split('\n')
    .slice(0, -1)
    .filter((earlier) => earlier === line).length
}

function nthIndexOf(text: string, part: string, skip: number): number {
  let at = text.indexOf(part)
  for (let index = 0; index < skip && at !== -1; index += 1) at = text.indexOf(part, at + part.length)
  return at
}

function placeOf(text: string, from: Span, offset: number): { line: number; column: number } {
  const between = text.slice(from.start, offset)
  const newline = between.lastIndexOf('\n')
  if (newline === -1) return { line: from.line, column: from.column + between.length }
  return { line: from.line + between.split('\n').length - 1, column: between.length - newline }
}
