// The path language: `$`, `.name`, `[0]`, `["name"]`; a text that does not begin with `$` is the name of one field.
import { quote } from '../../lib/quote.ts'
import { type Lookup, type Path, type Segment, WHOLE } from '../../plan/expr.ts'

/** A path that was read, or why it could not be. `isBareDotted`: it can be read in two ways. */
export type ParsedPath =
  | { readonly kind: 'path'; readonly at: Lookup; readonly isBareDotted: boolean }
  | { readonly kind: 'broken'; readonly message: string; readonly hint: string }

/**
 * Reads `text`. Files exist that mean two fields by `a.b`, and files that mean one: the one field is looked for first.
 *
 * @example parsePath('$.a[0]') // { kind: 'path', at: { paths: [['a', 0]], text: '$.a[0]' }, isBareDotted: false }
 */
export function parsePath(text: string): ParsedPath {
  if (text === '' || text === '$') return { kind: 'path', at: WHOLE, isBareDotted: false }
  if (text.startsWith('$')) {
    const path = segmentsOf(text)
    return isPath(path) ? { kind: 'path', at: { paths: [path], text }, isBareDotted: false } : path
  }
  const other = /[.[]/.test(text) ? segmentsOf(`$.${text}`) : null
  if (other === null || !isPath(other)) return { kind: 'path', at: { paths: [[text]], text }, isBareDotted: false }
  return { kind: 'path', at: { paths: [[text], other], text }, isBareDotted: true }
}

/** `path` as text that reads as nothing else. */
export function printPath(path: Path): string {
  return `$${path.map(printSegment).join('')}`
}

function printSegment(segment: Segment): string {
  if (typeof segment === 'number') return `[${segment}]`
  return segment === '' || /[.[]/.test(segment) ? `["${segment}"]` : `.${segment}`
}

type Broken = Extract<ParsedPath, { kind: 'broken' }>

function isPath(read: Path | Broken): read is Path {
  return Array.isArray(read)
}

/** What follows `$`. Empty names vanish: `$..a` is `$.a`. */
function segmentsOf(text: string): Path | Broken {
  const path: Segment[] = []
  for (let at = 1; at < text.length; ) {
    if (text[at] === '.') {
      const end = endOfName(text, at + 1)
      if (end > at + 1) path.push(text.slice(at + 1, end))
      at = end
    } else if (text[at] === '[') {
      const close = text.indexOf(']', at)
      if (close === -1) return broken(text, 'a "[" has no "]"', 'Close the bracket')
      const segment = bracketed(text.slice(at + 1, close))
      if (segment === null)
        return broken(
          text,
          `${quote(text.slice(at, close + 1))} is no index`,
          'Use a number or a quoted name: $[0], $["name"]',
        )
      path.push(segment)
      at = close + 1
    } else return broken(text, `${quote(text[at] ?? '')} follows "${text[at - 1]}"`, 'Write "." or "[" there')
  }
  return path
}

function endOfName(text: string, from: number): number {
  let end = from
  while (end < text.length && text[end] !== '.' && text[end] !== '[') end++
  return end
}

function bracketed(text: string): Segment | null {
  if (/^\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : null
  const quoteMark = text[0]
  const isQuoted = text.length >= 2 && (quoteMark === '"' || quoteMark === "'") && text.endsWith(quoteMark)
  return isQuoted ? text.slice(1, -1) : null
}

function broken(text: string, why: string, hint: string): Broken {
  return { kind: 'broken', message: `Cannot read the path ${quote(text)}: ${why}`, hint }
}
