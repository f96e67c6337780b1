// What Python knows about text: its lines, its white space, its kinds of letters.

// oxlint-disable-next-line no-control-regex -- they end lines in Python
const LINE_END = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/
// oxlint-disable-next-line no-control-regex -- the same, kept at the ends of their lines
const AFTER_LINE_END = /(?<=\r\n|\r(?!\n)|[\n\v\f\u001c-\u001e\u0085\u2028\u2029])/

/** Lines, by all the line ends that Python knows. */
export function linesOf(text: string, keepsEnds = false): string[] {
  const lines = text.split(keepsEnds ? AFTER_LINE_END : LINE_END)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Without the `characters` (white space, where none are given) at the ends that `side` says. */
export function strip(text: string, characters: string | null, side: 'both' | 'left' | 'right' = 'both'): string {
  const isOut = characters === null ? isSpace : (char: string): boolean => characters.includes(char)
  let [start, end] = [0, text.length]
  if (side !== 'right') while (start < end && isOut(text.charAt(start))) start += 1
  if (side !== 'left') while (end > start && isOut(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isSpace(char: string): boolean {
  const code = char.charCodeAt(0)
  if (code < 0x85) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f)
  return code === 0x85 || (code !== 0xfeff && /\s/.test(char))
}

/** The first letter large, the others small. */
export function capitalize(text: string): string {
  const [first = ''] = text
  return titled(first) + text.slice(first.length).toLowerCase()
}

function titled(char: string): string {
  const upper = char.toUpperCase()
  // Letters like ß become two, of which only the first is large.
  return upper.length > char.length ? upper.charAt(0) + upper.slice(1).toLowerCase() : upper
}

/** Each letter after something that is none large, the others small: `str.title`. */
export function titleCase(text: string): string {
  return text.replaceAll(/\p{L}+/gu, capitalize)
}

export function swapCase(text: string): string {
  return text.replaceAll(/\p{L}/gu, (char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()))
}

/** Whether there are letters with cases, and all are of this one. */
export function isCase(text: string, kind: 'lower' | 'upper'): boolean {
  const other = kind === 'lower' ? /[\p{Lu}\p{Lt}]/u : /[\p{Ll}\p{Lt}]/u
  return (kind === 'lower' ? /\p{Ll}/u : /\p{Lu}/u).test(text) && !other.test(text)
}

/** How often `part`, which is not empty, is in `text`. */
export function countOf(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1
  return count
}

/** `text` with `by` in place of `what`, `max` times at most; `null` where it would be longer than `lengthMax`. */
export function replaceText(text: string, what: string, by: string, max: number, lengthMax: number): string | null {
  if (max === 0) return text
  const pieces = what === '' ? ['', ...Array.from(text), ''] : text.split(what)
  const count = max < 0 ? pieces.length - 1 : Math.min(max, pieces.length - 1)
  if (text.length + count * (by.length - what.length) > lengthMax) return null
  if (count === pieces.length - 1) return pieces.join(by)
  return [...pieces.slice(0, count), pieces.slice(count).join(what)].join(by)
}

/** Parts of `text` between `separator`s, `max` cuts at most, counted from the left or from the right. */
export function split(text: string, separator: string, max: number, isFromRight: boolean): string[] {
  const parts = text.split(separator)
  if (max < 0 || parts.length - 1 <= max) return parts
  return isFromRight
    ? [parts.slice(0, parts.length - max).join(separator), ...parts.slice(parts.length - max)]
    : [...parts.slice(0, max), parts.slice(max).join(separator)]
}

/** Words between white space, `max` cuts at most. */
export function splitWords(text: string, max: number, isFromRight: boolean): string[] {
  const trimmed = strip(text, null)
  if (trimmed === '') return []
  const words = trimmed.split(/\s+/)
  if (max < 0 || words.length - 1 <= max) return words
  return isFromRight ? splitWordsRight(strip(text, null, 'right'), max) : splitWordsLeft(strip(text, null, 'left'), max)
}

function splitWordsLeft(text: string, max: number): string[] {
  const words: string[] = []
  let rest = text
  for (let cuts = 0; cuts < max; cuts += 1) {
    const word = /^\S+/.exec(rest)?.[0] ?? ''
    words.push(word)
    rest = strip(rest.slice(word.length), null, 'left')
  }
  return [...words, rest]
}

function splitWordsRight(text: string, max: number): string[] {
  const words: string[] = []
  let rest = text
  for (let cuts = 0; cuts < max; cuts += 1) {
    let start = rest.length
    while (start > 0 && !/\s/.test(rest.charAt(start - 1))) start -= 1
    words.unshift(rest.slice(start))
    rest = strip(rest.slice(0, start), null, 'right')
  }
  return [rest, ...words]
}

/** A float as Python reads one; `null` where it is none. */
export function parseFloatText(written: string): number | null {
  const text = strip(written, null).toLowerCase()
  if (/^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/.test(text))
    return Number(text.replaceAll('_', ''))
  if (/^\+?(?:inf|infinity)$/.test(text)) return Infinity
  if (/^-(?:inf|infinity)$/.test(text)) return -Infinity
  return /^[+-]?nan$/.test(text) ? Number.NaN : null
}

/** A whole number as Python reads one in `base`; `null` where it is none. */
export function parseWholeText(written: string, base: number): bigint | null {
  const text = strip(written, null).toLowerCase()
  const sign = text.startsWith('-') ? -1n : 1n
  const unsigned = text.replace(/^[+-]/, '')
  const prefixes: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 16: '0x' }
  const prefix = prefixes[base]
  const digits = prefix !== undefined && unsigned.startsWith(prefix) ? unsigned.slice(2).replace(/^_/, '') : unsigned
  if (!/^[\da-z]+(?:_[\da-z]+)*$/.test(digits) || digits.length > 1_000) return null
  let value = 0n
  for (const digit of digits.replaceAll('_', '')) {
    const worth = Number.parseInt(digit, 36)
    if (!(worth < base)) return null
    value = value * BigInt(base) + BigInt(worth)
  }
  return sign * value
}
