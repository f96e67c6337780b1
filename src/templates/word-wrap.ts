// Lines of at most so many characters, broken between words and after hyphens, as Python's `textwrap` does.

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
    while (chunks.length > 0 && length + (chunks.at(-1)?.length ?? 0) <= width) {
      const chunk = chunks.pop() ?? ''
      current.push(chunk)
      length += chunk.length
    }
    const next = chunks.at(-1)
    if (next !== undefined && next.length > width)
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
  const space = Math.max(1, room)
  const hyphen = options.breaksHyphens && chunk.length > space ? chunk.lastIndexOf('-', space - 1) : -1
  const isUseful = hyphen > 0 && /[^-]/.test(chunk.slice(0, hyphen))
  const end = isUseful ? hyphen + 1 : space
  current.push(chunk.slice(0, end))
  chunks[chunks.length - 1] = chunk.slice(end)
}

function isBlank(chunk: string | undefined): boolean {
  return chunk !== undefined && chunk.trim() === ''
}
