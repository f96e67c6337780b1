// Lines of at most so many characters, broken between words and after hyphens, as Python's `textwrap` does.

import { lengthOf, sliceOf } from './characters.ts'

type WrapOptions = { readonly width: number; readonly breaksLong: boolean; readonly breaksHyphens: boolean }

/** White space, dashes between words, words, and parts of words with hyphens. */
const CHUNK =
  /(\s+|(?<=[\w!"'&.,?])-{2,}(?=\w)|\S+?(?:-(?:(?<=[^\W\d]{2}-)|(?<=[^\W\d]-[^\W\d]-))(?=[^\W\d]-?[^\W\d])|(?=\s|$)|(?<=[\w!"'&.,?])(?=-{2,}\w)))/
const SPACES = /(\s+)/

/** One line as several. */
export function wrapLine(line: string, { width, breaksLong, breaksHyphens }: WrapOptions): string[] {
  const chunks = line
    .split(breaksHyphens ? CHUNK : SPACES)
    .filter((chunk) => chunk !== '')
    .toReversed()
  const lines: string[] = []
  while (chunks.length > 0) {
    if (lines.length > 0 && isBlank(chunks.at(-1))) chunks.pop()
    const current: string[] = []
    let length = 0
    while (chunks.length > 0 && length + lengthOf(chunks.at(-1) ?? '') <= width) {
      const chunk = chunks.pop() ?? ''
      current.push(chunk)
      length += lengthOf(chunk)
    }
    const next = chunks.at(-1)
    if (next !== undefined && lengthOf(next) > width)
      takeLong(chunks, current, width - length, { width, breaksLong, breaksHyphens })
    if (isBlank(current.at(-1))) current.pop()
    if (current.length > 0) lines.push(current.join(''))
  }
  return lines
}

/** A chunk that fits on no line: its beginning goes on this one, or all of it on a line of its own. */
function takeLong(chunks: string[], current: string[], room: number, options: WrapOptions): void {
  const chunk = chunks.at(-1) ?? ''
  if (!options.breaksLong) {
    if (current.length === 0) current.push(chunks.pop() ?? '')
    return
  }
  const start = sliceOf(chunk, 0, room)
  const hyphen = options.breaksHyphens ? start.lastIndexOf('-') : -1
  const isUseful = hyphen > 0 && /[^-]/.test(start.slice(0, hyphen))
  const end = isUseful ? hyphen + 1 : start.length
  current.push(chunk.slice(0, end))
  chunks[chunks.length - 1] = chunk.slice(end)
}

function isBlank(chunk: string | undefined): boolean {
  return chunk !== undefined && chunk.trim() === ''
}
