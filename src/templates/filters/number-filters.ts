// Filters for numbers.
import { builtin, type Builtin, flagOf, textArgument, wholeOf } from '../arguments.ts'
import { plainText, undefinedFault } from '../compare.ts'
import * as numbers from '../numbers.ts'
import { numberText } from '../print.ts'
import { fault } from '../problem.ts'
import { parseFloatText, parseWholeText } from '../python-text.ts'
import type { Runtime } from '../runtime.ts'
import { kindOf, Undefined } from '../values.ts'

function numeric(rt: Runtime, of: unknown): numbers.Numeric {
  const value = rt.open(of)
  if (value instanceof Undefined) throw undefinedFault(value)
  const number = numbers.toNumeric(value)
  if (number === null) throw fault(`Expected a number, not ${kindOf(value)}`)
  return number
}

/** The float that a value or its text is; `null` where it is none. */
function floatOf(rt: Runtime, of: unknown): number | null {
  const value = plainText(rt.open(of))
  if (typeof value === 'string') return parseFloatText(value)
  const number = numbers.toNumeric(value)
  return number === null ? null : numbers.toDouble(number)
}

const SIZES = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
const BINARY_SIZES = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']

function fileSize(bytes: number, isBinary: boolean): string {
  const base = isBinary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  const names = isBinary ? BINARY_SIZES : SIZES
  const found = names.findIndex((_, index) => bytes < base ** (index + 2))
  const index = found === -1 ? names.length - 1 : found
  return `${numbers.fixed((base * bytes) / base ** (index + 2), 1)} ${names[index] ?? ''}`
}

/** As Python's `math.ceil` and `math.floor` of a shifted number. */
function shifted(value: number, digits: number, method: string): number {
  const unit = 10 ** digits
  return (method === 'ceil' ? Math.ceil(value * unit) : Math.floor(value * unit)) / unit
}

export const NUMBER_FILTERS: Readonly<Record<string, Builtin>> = {
  abs: builtin('', (rt, value) => numbers.absolute(numeric(rt, value))),
  int: builtin('default? base?', (rt, of, [byDefault = 0, base]) => {
    const value = plainText(rt.open(of))
    if (value instanceof Undefined) throw undefinedFault(value)
    const whole = typeof value === 'string' ? parseWholeText(value, wholeOf(rt, base, 10)) : null
    if (whole !== null) return numbers.whole(whole)
    const number = typeof value === 'string' ? null : numbers.toNumeric(value)
    if (number !== null && !numbers.isFloat(number)) return number
    const float = floatOf(rt, value)
    return float === null || !Number.isFinite(float) ? byDefault : numbers.truncated(float)
  }),
  float: builtin('default?', (rt, of, [byDefault]) => {
    if (of instanceof Undefined) throw undefinedFault(of)
    const float = floatOf(rt, of)
    if (float !== null) return numbers.float(float)
    return byDefault === undefined ? numbers.float(0) : byDefault
  }),
  round: builtin('precision? method?', (rt, value, [precision, how]) => {
    const method = textArgument(rt, how, 'common')
    const digits = wholeOf(rt, precision, 0)
    if (!['common', 'ceil', 'floor'].includes(method))
      throw fault(`round has no method "${method}"`, 'common, ceil or floor')
    const number = numeric(rt, value)
    return method === 'common'
      ? numbers.round(number, digits)
      : numbers.float(shifted(numbers.toDouble(number), digits, method))
  }),
  filesizeformat: builtin('binary?', (rt, value, [binary]) => {
    const bytes = floatOf(rt, value)
    if (bytes === null) throw fault(`Expected a number of bytes, not ${kindOf(value)}`)
    return Number.isFinite(bytes) ? fileSize(bytes, flagOf(rt, binary)) : numberText(bytes, 'python')
  }),
}
