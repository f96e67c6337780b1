// Text by characters, as Python counts them: code points, not UTF-16 units.

const SURROGATE = /[\ud800-\udfff]/

/** How many characters `text` has. */
export function lengthOf(text: string): number {
  if (!SURROGATE.test(text)) return text.length
  let length = 0
  for (const _ of text) length += 1
  return length
}

/** Its characters. */
export function charactersOf(text: string): readonly string[] {
  return SURROGATE.test(text) ? Array.from(text) : text.split('')
}

/** The character at a position, counted from the end where it is negative. */
export function characterAt(text: string, position: number): string | undefined {
  return SURROGATE.test(text) ? Array.from(text).at(position) : text.at(position)
}

/** The characters from `start` up to `end`. */
export function sliceOf(text: string, start: number, end: number): string {
  return SURROGATE.test(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end)
}

/** Less than zero, zero or more, by code points. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1
  const [as, bs] = [Array.from(a), Array.from(b)]
  for (let index = 0; index < Math.min(as.length, bs.length); index += 1) {
    const difference = (as[index]?.codePointAt(0) ?? 0) - (bs[index]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return as.length - bs.length
}
