// `'%s has %d' % (…)`: Python's old way to format text.
import { entriesOf } from './iterate.ts'
import { memberOf } from './compare.ts'
import { fixed, isFloat, toBig, toDouble, toNumeric, truncated } from './numbers.ts'
import { countOf } from './python-text.ts'
import { asciiOf, reprOf, textOf } from './print.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { kindOf } from './values.ts'

/** Writing a float takes longer than other steps. */
const FLOAT_STEPS = 20
const SPECIFIER = /%(?:\(([^()]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([\s\S])/g

/** `format` with `values` in their places; where the format has names, they are looked up in `mapping`. */
export function formatPercent(
  rt: Runtime,
  format: string,
  values: readonly unknown[],
  mapping: unknown = null,
): string {
  rt.tick(countOf(format, '%') * 2)
  let next = 0
  let usedNames = false
  const take = (): unknown => {
    if (next >= values.length) throw fault('There are not enough values for the format')
    next += 1
    return values[next - 1]
  }
  const result = format.replaceAll(SPECIFIER, (all: string, ...groups: (string | undefined)[]) => {
    const [name, flags = '', width, precision, kind = ''] = groups
    rt.tick()
    if (kind === '%') return '%'
    const widthText = width === '*' ? String(Number(take())) : (width ?? '0')
    const hasPoint = /\.[\d*]*[hlL]?[\s\S]$/.test(all.slice(all.indexOf(')') + 1))
    const digits = hasPoint ? Number(precision === '*' ? take() : (precision ?? 0)) : null
    if (name !== undefined) usedNames = true
    const value = name === undefined ? take() : named(rt, mapping, name)
    rt.sized(Number(widthText) + (digits ?? 0))
    return padded(written(rt, kind, rt.open(value), digits, flags), Number(widthText), flags, kind)
  })
  if (endsOpen(format)) throw fault('The format ends in %', 'Write %% for a percent sign')
  const isMapping = entriesOf(rt, mapping) !== null
  if (next < values.length && !usedNames && !isMapping) throw fault('There are more values than the format takes')
  rt.sized(result.length)
  return result
}

/** Whether the last percent sign begins something. */
function endsOpen(format: string): boolean {
  const [signs = ''] = /%*$/.exec(format) ?? []
  return signs.length % 2 === 1
}

function named(rt: Runtime, mapping: unknown, name: string): unknown {
  if (entriesOf(rt, mapping) === null) throw fault('A format with names takes a mapping')
  const value = memberOf(rt.open(mapping), name)
  if (value === undefined) throw fault(`The format asks for "${name}", which is not there`)
  return value
}

function written(rt: Runtime, kind: string, value: unknown, digits: number | null, flags: string): string {
  switch (kind) {
    case 's':
      return cut(textOf(rt, value), digits)
    case 'r':
      return cut(reprOf(rt, value), digits)
    case 'a':
      return cut(asciiOf(reprOf(rt, value)), digits)
    case 'd':
    case 'i':
    case 'u':
      return whole(value, 10, digits)
    case 'x':
      return prefixed(whole(value, 16, digits), '0x', flags)
    case 'X':
      return prefixed(whole(value, 16, digits), '0x', flags).toUpperCase()
    case 'o':
      return prefixed(whole(value, 8, digits), '0o', flags)
    case 'c':
      return character(value)
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
      rt.tick(FLOAT_STEPS)
      return formatFloat(double(value), kind, digits ?? 6, flags.includes('#'))
    default:
      throw fault(`The format has no kind "${kind}"`)
  }
}

function cut(text: string, digits: number | null): string {
  return digits === null ? text : Array.from(text).slice(0, digits).join('')
}

function whole(value: unknown, base: number, digits: number | null): string {
  const number = toNumeric(value)
  if (number === null || (base !== 10 && isFloat(number)))
    throw fault(`The format wants a whole number, not ${kindOf(value)}`)
  const exact = isFloat(number) ? truncated(toDouble(number)) : toBig(number)
  const text = exact.toString(base)
  const [sign, size] = text.startsWith('-') ? ['-', text.slice(1)] : ['', text]
  return sign + size.padStart(Math.min(digits ?? 0, 1_000), '0')
}

function prefixed(text: string, prefix: string, flags: string): string {
  if (!flags.includes('#')) return text
  return text.startsWith('-') ? `-${prefix}${text.slice(1)}` : prefix + text
}

function character(value: unknown): string {
  if (typeof value === 'string' && Array.from(value).length === 1) return value
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x10ffff)
    return String.fromCodePoint(value)
  throw fault('The format wants one character')
}

function double(value: unknown): number {
  const number = toNumeric(value)
  if (number === null) throw fault(`The format wants a number, not ${kindOf(value)}`)
  return toDouble(number)
}

/** A float by one of the kinds `f`, `e` and `g`. */
export function formatFloat(value: number, kind: string, digits: number, isAlternative: boolean): string {
  const lower = kind.toLowerCase()
  if (!Number.isFinite(value)) return cased(Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf', kind)
  if (digits > 100) throw fault('A format has at most 100 digits')
  if (lower === 'f') return fixed(value, digits)
  if (lower === 'e') return cased(exponential(value, digits), kind)
  return cased(general(value, digits === 0 ? 1 : digits, isAlternative), kind)
}

function exponential(value: number, digits: number): string {
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2')
}

function general(value: number, digits: number, isAlternative: boolean): string {
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1])
  const isFixed = exponent >= -4 && exponent < digits
  const text = isFixed ? fixed(value, Math.max(0, digits - 1 - exponent)) : exponential(value, digits - 1)
  if (isAlternative || !text.includes('.')) return text
  return text.replace(/\.?0+(?=e|$)/, '')
}

function cased(text: string, kind: string): string {
  return kind === kind.toUpperCase() ? text.toUpperCase() : text
}

function padded(text: string, width: number, flags: string, kind: string): string {
  const isNumber = /[diuxXofFeEgG]/.test(kind)
  const plus = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const signed = isNumber && !text.startsWith('-') ? plus + text : text
  const missing = width - Array.from(signed).length
  if (missing <= 0) return signed
  if (flags.includes('-')) return signed + ' '.repeat(missing)
  if (!flags.includes('0') || !isNumber) return ' '.repeat(missing) + signed
  const lead = /^[+\- ]?(?:0[xXo])?/.exec(signed)?.[0] ?? ''
  return lead + '0'.repeat(missing) + signed.slice(lead.length)
}
