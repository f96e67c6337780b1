// The value of code as the type that its step asks for.
import { unreachable } from '../../lib/assert.ts'
import { type Json, kindOf, parseOrText } from '../../lib/json.ts'
import { ComponentError } from '../component.ts'

export const DATA_TYPES = ['STRING', 'NUMBER', 'BOOLEAN', 'JSON'] as const

export type DataType = (typeof DATA_TYPES)[number]

/**
 * `value` as `type`. Nothing stays nothing.
 *
 * @throws ComponentError `INVALID_OUTPUT` where it does not stand for one.
 * @example toDataType('42', 'NUMBER') // 42
 */
export function toDataType(value: Json, type: DataType): Json {
  if (value === null) return null
  switch (type) {
    case 'STRING':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'NUMBER':
      return toNumber(value) ?? refuse(value, 'a number')
    case 'BOOLEAN':
      return toBoolean(value) ?? refuse(value, 'true or false')
    case 'JSON':
      return typeof value === 'string' ? parseOrText(value) : value
    default:
      return unreachable(type)
  }
}

function toNumber(value: Json): number | null {
  if (typeof value === 'number') return value
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : null
}

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
])

function toBoolean(value: Json): boolean | null {
  if (typeof value === 'object') return null
  return TRUTHS.get(String(value).trim().toLowerCase()) ?? null
}

function refuse(value: Json, expected: string): never {
  const message = `Cannot use the value of the code, ${kindOf(value)}: "data_type" asks for ${expected}`
  throw new ComponentError({ code: 'INVALID_OUTPUT', message, isRetryable: false })
}
