// The variables of a run: what was given, then secrets, then what the environment has.
import { didYouMean } from '../lib/did-you-mean.ts'
import { isRecord, type Json, parseOrText, setOwn } from '../lib/json.ts'
import { quote } from '../lib/quote.ts'
import type { Plan } from '../plan/plan.ts'
import type { inputFlags } from './flags.ts'
import type { Intake } from './intake.ts'
import type { Given, Host } from './operation.ts'

type Said = Pick<Given<typeof inputFlags>, 'variables' | 'env-variables' | 'secrets' | 'secret'>

/** In front of the names of secrets in the environment. */
const SECRET_PREFIX = 'MILLRACE_SECRET_'

export async function readVariables(
  intake: Intake,
  plan: Plan,
  flags: Said,
  host: Host,
): Promise<{ readonly [name: string]: Json }> {
  const variables: { [name: string]: Json } = {}
  const add = (name: string, value: Json): void => {
    if (!Object.hasOwn(variables, name)) setOwn(variables, name, value)
  }
  for (const [name, value] of await readMapping(intake, flags.variables, 'variables')) add(name, value)
  for (const [name, value] of await readSecrets(intake, plan, flags, host)) add(name, value)
  if (flags['env-variables'])
    for (const { name, envVar } of plan.variables) {
      const text = host.env[envVar ?? `${host.parts.variablePrefix}${name.toUpperCase()}`]
      if (text !== undefined) add(name, parseOrText(text))
    }
  return variables
}

/**
 * Secrets are variables that the flow declares secret. A file may have those of other flows too; one that is named has
 * to be of this flow. Never a value from the command line itself.
 */
async function readSecrets(intake: Intake, plan: Plan, flags: Said, { env }: Host): Promise<readonly [string, Json][]> {
  const secrets: [string, Json][] = []
  for (const said of flags.secret) {
    const [name = '', ...rest] = said.split('=')
    const file = rest.join('=')
    const text =
      rest.length === 0 ? env[name] : file.startsWith('@') ? (await intake.source(file.slice(1)))?.text : undefined
    if (!isSecret(name, plan)) refuseUndeclared(intake, name, plan)
    else if (text !== undefined) secrets.push([name, text.replace(/\r?\n$/, '')])
    else if (rest.length === 0)
      intake.refuse('SECRET_NOT_FOUND', `Cannot find the environment variable ${quote(name)} for --secret`)
    else if (!file.startsWith('@'))
      intake.refuse(
        'INVALID_COMMAND_LINE',
        `Cannot take the value of the secret ${quote(name)} from the command line`,
        `Write --secret ${name}=@FILE`,
      )
  }
  secrets.push(...(await readMapping(intake, flags.secrets, 'secrets')))
  for (const { name } of plan.variables) {
    const text = env[`${SECRET_PREFIX}${name}`]
    if (text !== undefined) secrets.push([name, text])
  }
  return secrets.filter(([name]) => isSecret(name, plan))
}

function isSecret(name: string, { variables }: Plan): boolean {
  return variables.some((variable) => variable.isSecret && variable.name === name)
}

function refuseUndeclared(intake: Intake, name: string, { variables }: Plan): void {
  const known = variables.filter((variable) => variable.isSecret).map((variable) => variable.name)
  const meant = didYouMean(name, known)
  const isPlain = variables.some((variable) => variable.name === name)
  const hint = isPlain
    ? 'Declare it with is_secret: true'
    : meant === null
      ? 'Declare it under schemas.properties.variables, with is_secret: true'
      : `Did you mean ${quote(meant)}?`
  intake.refuse(
    'UNDEFINED_VARIABLE',
    `Cannot give the secret ${quote(name)}: the flow declares none of that name`,
    hint,
  )
}

async function readMapping(intake: Intake, file: string | null, what: string): Promise<readonly [string, Json][]> {
  const data = file === null ? {} : await intake.data(file)
  if (data === undefined) return []
  if (isRecord(data)) return Object.entries(data)
  intake.refuse('INVALID_DATA', `Cannot use this as ${what}: expected a mapping`, 'Write name: value', file)
  return []
}
