// What a built-in component says to an input that it cannot use.
import type { Json } from '../../lib/json.ts'
import { ComponentError } from '../component.ts'

/** Never worth another attempt: the input would be the same. */
export function invalidInput(message: string, data?: Json): ComponentError {
  return new ComponentError({ code: 'INVALID_INPUT', message, isRetryable: false, ...(data !== undefined && { data }) })
}
