// Whether the last statement of a JavaScript program is an expression. A program's own value does not tell:
// that of `list.push(1); const result = list` is what `push` gave.

/** Places at which the last statement may begin that are tried; a longer one counts as an expression if it could be one. */
const PLACES_MAX = 200

/** What would be an expression if it stood in parentheses. */
const DECLARES = /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*(?:(?:async\s+)?function\b|class\b|\{)/

/** @param compiles Whether a text is a program. Nothing of it is run. */
export function isLastExpression(code: string, compiles: (text: string) => boolean): boolean {
  const text = code.replace(/[\s;]+$/, '')
  for (const place of places(text)) {
    const [before, last] = [text.slice(0, place), text.slice(place)]
    if (last.trim() === '' || !compiles(last) || !compiles(before)) continue
    return !DECLARES.test(last) && compiles(`(${last}\n)`)
  }
  return true
}

/** Behind each line and each `;`, from the end; at last the whole text. */
function* places(text: string): Generator<number> {
  let count = 0
  for (let at = text.length - 1; at > 0 && count < PLACES_MAX; at -= 1) {
    const before = text[at - 1]
    if (before !== ';' && before !== '\n' && before !== '}') continue
    count += 1
    yield at
  }
  if (count < PLACES_MAX) yield 0
}
