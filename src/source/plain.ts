// The type of unquoted text, by YAML 1.2's core schema. `yes`, `on` and dates are text; only what JSON can say is a number.

/** The value of unquoted text, or the number that JSON has no way to write. */
export function plainValue(text: string): null | boolean | number | string {
  switch (text.charCodeAt(0)) {
    case 0x7e: // ~
      return text === '~' ? null : text
    case 0x6e: // n
    case 0x4e: // N
      return text === 'null' || text === 'Null' || text === 'NULL' ? null : text
    case 0x74: // t
    case 0x54: // T
      return text === 'true' || text === 'True' || text === 'TRUE' ? true : text
    case 0x66: // f
    case 0x46: // F
      return text === 'false' || text === 'False' || text === 'FALSE' ? false : text
    default:
      return startsNumber(text) ? (numberOf(text) ?? text) : text
  }
}

const decimal = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/
const based = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/
const infinite = /^[-+]?\.(?:inf|Inf|INF)$/
const notANumber = /^\.(?:nan|NaN|NAN)$/

function numberOf(text: string): number | null {
  if (decimal.test(text) || based.test(text)) return Number(text)
  if (infinite.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return notANumber.test(text) ? Number.NaN : null
}

function startsNumber(text: string): boolean {
  const first = text.charCodeAt(0)
  return (first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2b || first === 0x2e
}

/** Whether `text`, read as the whole number `value`, would be written otherwise: digits or leading zeros are lost. */
export function losesDigits(text: string, value: number): boolean {
  return /^[-+]?\d+$/.test(text) && text !== '-0' && String(value) !== text.replace('+', '')
}
