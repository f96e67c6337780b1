// Data against a JSON Schema that came with it.
import type { Json } from '../../lib/json.ts'
import { compileSchema } from '../../lib/schema.ts'
import { invalidInput } from './invalid-input.ts'

/** Places where data does not fit that a message tells. */
const PROBLEMS_TOLD_MAX = 5

/**
 * `data` with the defaults of `schema`. `what` is how a message calls it; all places that do not fit are in the error's `data`.
 *
 * @throws ComponentError `INVALID_INPUT`
 */
export async function checkSchema(data: Json, schema: Json, what: string): Promise<Json> {
  const { value, problems } = (await compileSchema(schema))(data)
  if (problems.length === 0) return value
  const told = problems
    .slice(0, PROBLEMS_TOLD_MAX)
    .map(({ path, message }) => `${path === '' ? 'it' : path} ${message}`)
    .join('; ')
  throw invalidInput(`Cannot use ${what}: ${told}`, { problems })
}
