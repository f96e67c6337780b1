// Whole numbers of any size and floats, with the answers that Python gives.
// A number is `number` where it is safe or has a fraction, `bigint` where it is whole and larger, `Float` where it is
// whole and a float. A whole `number` of plain data that JSON writes without an exponent is a whole number.
import { beyond, fault } from './problem.ts'
import { Float } from './values.ts'

export type Numeric = number | bigint | Float

/** From here on JSON writes a number with an exponent, which makes it a float. */
const EXPONENT_FROM = 1e21

/** `value` as a number, where a boolean is one too; `null` where it is none. */
export function toNumeric(value: unknown): Numeric | null {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return value
  return typeof value === 'boolean' ? Number(value) : null
}

export function isFloat(value: Numeric): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Math.abs(value) >= EXPONENT_FROM
  return typeof value !== 'bigint'
}

export function toDouble(value: Numeric): number {
  return value instanceof Float ? value.value : Number(value)
}

/** A float. */
export function float(value: number): number | Float {
  return Number.isInteger(value) && Math.abs(value) < EXPONENT_FROM ? new Float(value) : value
}

/** A whole number in its one form. */
export function whole(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** The whole number that a float is without its fraction. */
export function truncated(value: number): number | bigint {
  if (!Number.isFinite(value)) throw fault('Infinity and NaN are no whole numbers')
  return whole(BigInt(Math.trunc(value)))
}

export function add(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(sum)) return sum
  }
  return isFloat(a) || isFloat(b) ? float(toDouble(a) + toDouble(b)) : whole(BigInt(toInt(a)) + BigInt(toInt(b)))
}

export function subtract(a: Numeric, b: Numeric): Numeric {
  return isFloat(a) || isFloat(b) ? float(toDouble(a) - toDouble(b)) : whole(BigInt(toInt(a)) - BigInt(toInt(b)))
}

export function multiply(a: Numeric, b: Numeric, bitsMax: number): Numeric {
  if (isFloat(a) || isFloat(b)) return float(toDouble(a) * toDouble(b))
  const product = Number(toInt(a)) * Number(toInt(b))
  if (Number.isSafeInteger(product)) return product + 0
  return bounded(BigInt(toInt(a)) * BigInt(toInt(b)), bitsMax)
}

export function divide(a: Numeric, b: Numeric): Numeric {
  if (toDouble(b) === 0) throw fault('Division by zero')
  return float(toDouble(a) / toDouble(b))
}

export function floorDivide(a: Numeric, b: Numeric): Numeric {
  if (toDouble(b) === 0) throw fault('Division by zero')
  if (isFloat(a) || isFloat(b)) {
    const [x, y] = [toDouble(a), toDouble(b)]
    const quotient = (x - floatModulo(x, y)) / y
    return float(Math.round(quotient))
  }
  const [x, y] = [BigInt(toInt(a)), BigInt(toInt(b))]
  return whole((x - wholeModulo(x, y)) / y)
}

export function modulo(a: Numeric, b: Numeric): Numeric {
  if (toDouble(b) === 0) throw fault('Division by zero')
  if (isFloat(a) || isFloat(b)) return float(floatModulo(toDouble(a), toDouble(b)))
  return whole(wholeModulo(BigInt(toInt(a)), BigInt(toInt(b))))
}

export function power(a: Numeric, b: Numeric, bitsMax: number): Numeric {
  if (!isFloat(a) && !isFloat(b) && toDouble(b) >= 0) {
    const base = BigInt(toInt(a))
    const bits = base === 0n || base === 1n || base === -1n ? 1 : bitsOf(base) * toDouble(b)
    if (bits > bitsMax * 2) throw beyond('A whole number is too large in bits', 'integerBitsMax', bitsMax)
    // The exponent is small where the base is not 0, 1 or -1.
    const exponent = bits === 1 ? BigInt(toInt(b)) % 2n : BigInt(toInt(b))
    if (bits === 1 && base !== -1n) return toDouble(b) === 0 ? 1 : Number(base)
    return bounded(base ** exponent, bitsMax)
  }
  const [x, y] = [toDouble(a), toDouble(b)]
  if (x === 0 && y < 0) throw fault('Zero to a negative power')
  if (x < 0 && !Number.isInteger(y)) throw fault('A negative number to a power with a fraction is no real number')
  const result = x ** y
  if (!Number.isFinite(result) && Number.isFinite(x) && Number.isFinite(y)) throw fault('The result is too large')
  return float(result)
}

export function negate(a: Numeric): Numeric {
  if (a instanceof Float) return new Float(-a.value)
  if (typeof a === 'bigint') return whole(-a)
  return a === 0 ? 0 : -a
}

export function absolute(a: Numeric): Numeric {
  return toDouble(a) < 0 ? negate(a) : a instanceof Float ? new Float(Math.abs(a.value)) : a
}

/** Less than zero, zero or more, as `a` is to `b`; NaN where one is. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const [x, y] = [a instanceof Float ? a.value : a, b instanceof Float ? b.value : b]
  if (x < y) return -1
  if (x > y) return 1
  // Mixed bigint and number compare by value, so what is neither less nor more is equal, or no number.
  return Number.isNaN(Number(x)) || Number.isNaN(Number(y)) ? Number.NaN : 0
}

/** Rounded to `digits` after the point, halves to the even neighbour, and decided on the exact binary value. */
export function fixed(value: number, digits: number): string {
  if (Object.is(value, -0)) return `-${fixed(0, digits)}`
  if (Math.abs(value) >= EXPONENT_FROM) return `${BigInt(value)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
  const rounded = value.toFixed(digits)
  // oxlint-disable-next-line oxc/number-arg-out-of-range -- 100 digits have been allowed since ES2018
  const exact = Math.abs(value).toFixed(100)
  const cut = exact.indexOf('.') + 1 + digits
  if (exact[cut] !== '5' || !/^0*$/.test(exact.slice(cut + 1))) return rounded
  const kept = exact.slice(0, cut).replace(/\.$/, '')
  const isEven = Number(kept.at(-1)) % 2 === 0
  const text = isEven ? kept : Math.abs(value).toFixed(digits)
  return value < 0 ? `-${text}` : text
}

/** Python's `round`. */
export function round(value: Numeric, digits: number): Numeric {
  if (digits > 300 || digits < -300) return digits > 0 ? value : float(0)
  if (!isFloat(value)) {
    if (digits >= 0) return value
    return whole(roundWhole(BigInt(toInt(value)), 10n ** BigInt(-digits)))
  }
  const double = toDouble(value)
  if (!Number.isFinite(double)) return double
  // Without a fraction there is nothing to round.
  if (digits >= 0 && Number.isInteger(double)) return value
  if (digits >= 0) return digits > 99 ? value : float(Number(fixed(double, digits)))
  const unit = 10 ** -digits
  const quotient = Number(fixed(double / unit, 0))
  return float(quotient * unit)
}

function roundWhole(value: bigint, unit: bigint): bigint {
  const rest = wholeModulo(value, unit)
  const low = value - rest
  const twice = rest * 2n
  if (twice < unit) return low
  if (twice > unit) return low + unit
  return (low / unit) % 2n === 0n ? low : low + unit
}

/** A whole number as a `bigint`. */
export function toBig(value: Numeric): bigint {
  return BigInt(toInt(value))
}

function toInt(value: Numeric): number | bigint {
  return value instanceof Float ? value.value : value
}

function floatModulo(a: number, b: number): number {
  if (!Number.isFinite(b) && Number.isFinite(a)) return a === 0 || a < 0 === b < 0 ? a : b
  const rest = a % b
  if (rest === 0) return b < 0 ? -0 : 0
  return rest < 0 !== b < 0 ? rest + b : rest
}

function wholeModulo(a: bigint, b: bigint): bigint {
  const rest = a % b
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest
}

function bitsOf(value: bigint): number {
  return value.toString(16).length * 4
}

function bounded(value: bigint, bitsMax: number): number | bigint {
  if (bitsOf(value) > bitsMax) throw beyond('A whole number is too large in bits', 'integerBitsMax', bitsMax)
  return whole(value)
}
