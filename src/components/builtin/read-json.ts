// Data that may have come as text.
import type { Json } from '../../lib/json.ts'
import { invalidInput } from './invalid-input.ts'

/**
 * The data that `value` is, or whose JSON it is as text. `what` is how a message calls it.
 *
 * @throws ComponentError `INVALID_INPUT` for text that is no JSON.
 */
export function readJson(value: Json, what: string): Json {
  if (typeof value !== 'string') return value
  try {
    const data: Json = JSON.parse(value)
    return data
  } catch (error) {
    throw invalidInput(`Cannot read ${what} as JSON: ${error instanceof Error ? error.message : 'it is none'}`)
  }
}
