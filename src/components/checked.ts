// A component whose input and output are checked by its schemas, so that the engine knows nothing of schemas.
// The schema library is loaded by the first call that needs it.
import type { Json } from '../lib/json.ts'
import { Answer, type Call, type Component, ComponentError } from './component.ts'

type Check = (value: Json) => { readonly value: Json; readonly problems: readonly Fault[] }
type Fault = { readonly path: string; readonly message: string }

/** The same component behind its checks; itself where there is nothing to check. */
export function checked(component: Component): Component {
  const { input, output, checksInput = false, run } = component
  const before = checksInput ? undefined : input
  if (before === undefined && output === undefined) return component
  let checks: Promise<readonly [Check | null, Check | null]> | null = null
  return {
    ...component,
    // A component's input type is its own claim; what is checked here is what it claims.
    run: async (given: never, call: Call) => {
      const [checkInput, checkOutput] = await (checks ??= Promise.all([checkOf(before), checkOf(output)]))
      const fitting = checkInput === null ? given : fit(checkInput, given, 'INVALID_INPUT', 'input')
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it fits the schema, which is all that is known of it
      const answer: unknown = await run(fitting as never, call)
      if (checkOutput === null || answer instanceof Answer) return answer
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine refuses what is no data
      return fit(checkOutput, (answer ?? null) as Json, 'INVALID_OUTPUT', 'output')
    },
  }
}

async function checkOf(schema: Json | undefined): Promise<Check | null> {
  if (schema === undefined) return null
  const { compileSchema } = await import('../lib/schema.ts')
  return compileSchema(schema)
}

function fit(check: Check, given: Json, code: string, what: string): Json {
  const { value, problems } = check(given)
  const [first] = problems
  if (first === undefined) return value
  const faults = problems.map(({ path, message }) => `${path === '' ? '' : `${path} `}${message}`).join('; ')
  throw new ComponentError({ code, message: `Its ${what} does not fit its schema: ${faults}`, isRetryable: false })
}
