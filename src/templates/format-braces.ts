// `'{} has {n:>5}'.format(…)`: Python's newer way to format text. Fields reach into data, and into nothing else.
import { lengthOf } from './characters.ts'
import { memberOf, plainText } from './compare.ts'
import { formatFloat } from './format-percent.ts'
import { fixed, isFloat, toBig, toDouble, toNumeric } from './numbers.ts'
import { countOf } from './python-text.ts'
import { reprOf, textOf } from './print.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { isList, kindOf, type Named, Tuple } from './values.ts'

const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/g

/** `format` with arguments in its fields. */
export function formatBraces(rt: Runtime, format: string, args: readonly unknown[], named: Named): string {
  rt.tick((countOf(format, '{') + countOf(format, '}')) * 2)
  let automatic = 0
  let [isAutomatic, isNumbered] = [false, false]
  const valueOf = (field: string): unknown => {
    const [, name = '', rest = ''] = /^([^.[]*)([\s\S]*)$/.exec(field) ?? []
    if (name === '') isAutomatic = true
    else if (/^\d+$/.test(name)) isNumbered = true
    if (isAutomatic && isNumbered) throw fault('A format numbers all of its fields, or none')
    const index = name === '' ? automatic : /^\d+$/.test(name) ? Number(name) : null
    if (name === '') automatic += 1
    const value = index === null ? named.get(name) : args[index]
    if (value === undefined) throw fault(`The format asks for "${field === '' ? index : name}", which is not given`)
    return into(rt, value, rest)
  }
  const result = format.replaceAll(FIELD, (all: string, ...groups: (string | undefined)[]) => {
    rt.tick()
    if (all === '{{' || all === '}}') return all.charAt(0)
    const [field, conversion, spec = ''] = groups
    if (field === undefined) throw fault(`A single "${all}" in a format`, `Write ${all}${all} for the character itself`)
    const value = rt.open(valueOf(field))
    const filled = spec.replaceAll(/\{([^{}]*)\}/g, (_, inner: string) => textOf(rt, valueOf(inner)))
    const shown = conversion === undefined ? value : conversion === 's' ? textOf(rt, value) : reprOf(rt, value)
    return formatted(rt, shown, filled)
  })
  rt.sized(result.length)
  return result
}

/** What `.key` and `[key]` behind a field find in data. */
function into(rt: Runtime, of: unknown, rest: string): unknown {
  let value = of
  for (const [, dotted, bracketed] of rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
    const opened = rt.open(value)
    const key = dotted ?? bracketed ?? ''
    const items = isList(opened) ? opened : opened instanceof Tuple ? opened.items : null
    const found = items !== null && /^\d+$/.test(key) ? items[Number(key)] : memberOf(opened, key)
    if (found === undefined) throw fault(`${kindOf(opened)} has no "${key}"`)
    value = found
  }
  return value
}

const SPEC = /^(?:([\s\S])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u

/** One value by a format specification. */
function formatted(rt: Runtime, value: unknown, spec: string): string {
  if (spec === '') return textOf(rt, value)
  const match = SPEC.exec(spec)
  if (match === null) throw fault(`The format "${spec}" cannot be read`)
  const [, fill, align, sign = '-', isAlternative, zero, widthText, group, precisionText, kind = ''] = match
  const width = Number(widthText ?? 0)
  const precision = precisionText === undefined ? null : Number(precisionText)
  rt.sized(width + (precision ?? 0))
  const number = toNumeric(value)
  const isText = number === null || kind === 's'
  if (number === null && typeof plainText(value) !== 'string') throw fault(`${kindOf(value)} takes no format`)
  if (isText && kind !== '' && kind !== 's') throw fault(`The format "${kind}" wants a number, not ${kindOf(value)}`)
  if (number !== null && kind === 's') throw fault('The format "s" wants text')
  const body = isText
    ? cut(textOf(rt, value), precision)
    : numeral(number, kind, precision, isAlternative !== undefined)
  const grouped = group === undefined || isText ? body : withGroups(body, group)
  const signed = isText || grouped.startsWith('-') || sign === '-' ? grouped : sign + grouped
  return aligned(
    signed,
    width,
    fill ?? (zero === undefined ? ' ' : '0'),
    align ?? (isText ? '<' : zero === undefined ? '>' : '='),
  )
}

function cut(text: string, precision: number | null): string {
  return precision === null ? text : Array.from(text).slice(0, precision).join('')
}

function numeral(
  number: number | bigint | object,
  kind: string,
  precision: number | null,
  isAlternative: boolean,
): string {
  const numeric = toNumeric(number) ?? 0
  const bases: Readonly<Record<string, readonly [number, string]>> = {
    b: [2, '0b'],
    o: [8, '0o'],
    x: [16, '0x'],
    X: [16, '0X'],
  }
  const base = Object.hasOwn(bases, kind) ? bases[kind] : undefined
  if (base !== undefined || kind === 'd' || kind === 'n' || kind === 'c' || (kind === '' && !isFloat(numeric))) {
    if (isFloat(numeric)) throw fault(`The format "${kind}" wants a whole number`)
    if (precision !== null) throw fault('Whole numbers are written without a precision')
    const digits = toBig(numeric).toString(base?.[0] ?? 10)
    if (kind === 'c') return String.fromCodePoint(Math.min(0x10ffff, Math.max(0, Number(digits))))
    const shown = isAlternative ? digits.replace(/^-?/, (minus) => minus + (base?.[1] ?? '')) : digits
    return kind === 'X' ? shown.toUpperCase() : shown
  }
  const value = toDouble(numeric)
  if (kind === '%') return `${fixed(value * 100, precision ?? 6)}%`
  if (kind !== '') {
    if (!/^[eEfFgG]$/.test(kind)) throw fault(`The format has no kind "${kind}"`)
    return formatFloat(value, kind, precision ?? 6, isAlternative)
  }
  if (precision !== null) return formatFloat(value, 'g', precision, isAlternative)
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value)
}

function withGroups(number: string, separator: string): string {
  return number.replace(/\d+/, (digits) => digits.replaceAll(/\B(?=(?:\d{3})+$)/g, separator))
}

function aligned(text: string, width: number, fill: string, align: string): string {
  const missing = width - lengthOf(text)
  if (missing <= 0) return text
  if (align === '<') return text + fill.repeat(missing)
  if (align === '>') return fill.repeat(missing) + text
  if (align === '^') return fill.repeat(missing >> 1) + text + fill.repeat(missing - (missing >> 1))
  const lead = /^[+\- ]?(?:0[xXob])?/.exec(text)?.[0] ?? ''
  return lead + fill.repeat(missing) + text.slice(lead.length)
}
