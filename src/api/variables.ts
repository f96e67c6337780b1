// The variables of a run: what was given, then secrets, then what the environment has.
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

/** Secrets are variables that the flow declares secret; others go nowhere. Never a value from the command line itself. */
async function readSecrets(intake: Intake, plan: Plan, flags: Said, { env }: Host): Promise<readonly [string, Json][]> {
  const secrets: [string, Json][] = []
  for (const said of flags.secret) {
    const [name = '', ...rest] = said.split('=')
    const file = rest.join('=')
    const text =
      rest.length === 0 ? env[name] : file.startsWith('@') ? (await intake.source(file.slice(1)))?.text : undefined
    if (text !== undefined) secrets.push([name, text.replace(/\r?\n$/, '')])
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
  const names = new Set(plan.variables.filter(({ isSecret }) => isSecret).map(({ name }) => name))
  return secrets.filter(([name]) => names.has(name))
}

async function readMapping(intake: Intake, file: string | null, what: string): Promise<readonly [string, Json][]> {
  const data = file === null ? {} : await intake.data(file)
  if (data === undefined) return []
  if (isRecord(data)) return Object.entries(data)
  intake.refuse('INVALID_DATA', `Cannot use this as ${what}: expected a mapping`, 'Write name: value', file)
  return []
}
