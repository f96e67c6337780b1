// What is refused before a parser sees it: one look at each character, whatever the text.
import type { SourceBounds } from './bounds.ts'
import { NOWHERE } from './node.ts'
import { createPlaces } from './places.ts'
import type { Report } from './report.ts'

/** Whether `text` may be parsed; if not, `report` says why. */
export function scan(text: string, bounds: SourceBounds, report: Report): boolean {
  const { sourceBytesMax, documentsMax } = bounds
  if (text.length > sourceBytesMax || (text.length * 3 > sourceBytesMax && Buffer.byteLength(text) > sourceBytesMax))
    report.error('SOURCE_BOUND', NOWHERE, `Cannot read more than sourceBytesMax (${sourceBytesMax} bytes)`)
  else if (text.includes('\0')) refuse(text, text.indexOf('\0'), 'a NUL character', report)
  else if (!text.isWellFormed()) refuse(text, loneSurrogate(text), 'half of a surrogate pair', report)
  else if (markers(text) > documentsMax)
    report.error('SOURCE_BOUND', NOWHERE, `Cannot read more documents than documentsMax (${documentsMax})`)
  else return true
  return false
}

function refuse(text: string, at: number, what: string, report: Report): void {
  const span = createPlaces(text).spanAt(at, at + 1)
  report.error(
    'SOURCE_CHARACTER',
    span,
    `Cannot read ${what} at offset ${at}`,
    'Write an escape sequence in double quotes, or save the file as UTF-8',
  )
}

function loneSurrogate(text: string): number {
  return text.search(/(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/)
}

/** Lines that may begin a document. */
function markers(text: string): number {
  let count = text.startsWith('---') ? 1 : 0
  for (let at = text.indexOf('\n---'); at !== -1; at = text.indexOf('\n---', at + 4)) count++
  return count
}
