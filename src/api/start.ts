// What a run is given, checked before anything runs: input against its schema, variables against their declarations.
import { isRecord, type Json } from '../lib/json.ts'
import { after, type MaybeAsync } from '../lib/maybe-async.ts'
import { quote } from '../lib/quote.ts'
import type { Plan } from '../plan/plan.ts'
import type { Problem } from '../plan/problem.ts'
import { FlowProblems, type Flow } from './flow.ts'

export type Given = { readonly input: Json; readonly variables: { readonly [name: string]: Json } }

type MaybeGiven = { readonly [part in keyof Given]?: Given[part] | undefined }

/**
 * The input with the schema's defaults, and the variables.
 *
 * @throws {FlowProblems} `INVALID_INPUT` for each place where the input does not fit, `INVALID_VARIABLE` likewise, and
 * for each variable that is required and was not given.
 */
export function checkGiven(
  { plan, requiredVariables }: Flow,
  { input: given = {}, variables = {} }: MaybeGiven,
): MaybeAsync<Given> {
  return after(fit(plan.params.schema, given), (input) =>
    after(plan.variables.length === 0 ? [] : variableProblems(plan, variables), (problemsOfVariables) => {
      const problems = [
        ...input.problems.map(({ path, message }) => aProblem('INVALID_INPUT', placed('input', path, message))),
        ...noJson(plan, input.value),
        ...requiredVariables.filter((name) => !Object.hasOwn(variables, name)).map((name) => missing(name, plan)),
        ...problemsOfVariables,
      ]
      if (problems.length > 0) throw new FlowProblems(problems)
      return { input: input.value, variables }
    }),
  )
}

/** The secrets that the plan declares, among the variables. */
export function withSecrets(plan: Plan, given: MaybeGiven & { readonly secrets?: Given['variables'] }): MaybeGiven {
  if (plan.variables.length === 0) return given
  const { input, variables, secrets = {} } = given
  const used = plan.variables.flatMap(({ name, isSecret }) => {
    const value = isSecret && Object.hasOwn(secrets, name) ? secrets[name] : undefined
    return value === undefined ? [] : [[name, value] as const]
  })
  return { input, variables: { ...Object.fromEntries(used), ...variables } }
}

type Fit = { readonly value: Json; readonly problems: readonly { readonly path: string; readonly message: string }[] }

/** The schema library is loaded only where there is a schema. */
function fit(schema: Json, value: Json): MaybeAsync<Fit> {
  if (schema === null || (isRecord(schema) && Object.keys(schema).length === 0)) return { value, problems: [] }
  return fitSchema(schema, value)
}

async function fitSchema(schema: Json, value: Json): Promise<Fit> {
  const { compileSchema } = await import('../lib/schema.ts')
  return (await compileSchema(schema))(value)
}

function noJson({ params: { jsonTexts = [] } }: Plan, input: Json): readonly Problem[] {
  return jsonTexts.flatMap((name) => {
    const text = isRecord(input) && Object.hasOwn(input, name) ? input[name] : undefined
    if (typeof text !== 'string') return []
    try {
      JSON.parse(text)
      return []
    } catch (error) {
      const why = error instanceof Error ? error.message : 'it is none'
      return aProblem('INVALID_INPUT', placed('input', name, `has to be JSON: ${why}`))
    }
  })
}

function missing(name: string, { variables }: Plan): Problem {
  if (variables.some((variable) => variable.name === name && variable.isSecret))
    return {
      ...aProblem('SECRET_NOT_FOUND', `Cannot run without the secret ${quote(name)}`),
      hint: `Give it with --secret ${name} from the environment, or with --secrets FILE`,
    }
  return {
    ...aProblem(
      'INVALID_VARIABLE',
      `Cannot run without the variable ${quote(name)}: it is required, and has no default`,
    ),
    hint: 'Give it with the other variables or secrets, or give it a default in its schema',
  }
}

async function variableProblems(plan: Plan, given: Given['variables']): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const { name, schema, isSecret } of plan.variables) {
    const value = given[name]
    if (value === undefined) continue
    if (isSecret && (typeof value === 'number' || typeof value === 'boolean'))
      problems.push(aProblem('INVALID_VARIABLE', `Cannot seal the secret ${quote(name)}: it has to be text`))
    for (const { path, message } of (await fit(schema, value)).problems)
      problems.push(aProblem('INVALID_VARIABLE', placed(`variable "${name}"`, path, message)))
  }
  return problems
}

function placed(what: string, path: string, message: string): string {
  return `${what}${path === '' ? '' : ` at ${path}`}: ${message}`
}

function aProblem(code: string, message: string): Problem {
  return {
    code,
    severity: 'error',
    message: message.charAt(0).toUpperCase() + message.slice(1),
    file: null,
    span: null,
    step: null,
    hint: null,
  }
}
