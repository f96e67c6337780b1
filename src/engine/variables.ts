// The variables of a run: secret ones become sealed leaves, and their texts are kept apart.
import { isRecord, setOwn, type Json } from '../lib/json.ts'
import { Sealed, type Value } from '../plan/leaf.ts'
import type { Plan } from '../plan/plan.ts'
import { SEALED_LENGTH_MIN } from './secrets.ts'

export type SealedVariables = {
  readonly variables: { readonly [name: string]: Value }
  /** Each secret text by the name that its leaves carry. */
  readonly secrets: ReadonlyMap<string, string>
}

const NO_VARIABLES: SealedVariables = { variables: {}, secrets: new Map() }

/** Seals every text inside the variables that the plan declares secret. */
export function sealVariables(plan: Plan, given: { readonly [name: string]: Json }): SealedVariables {
  if (plan.variables.length === 0 && Object.keys(given).length === 0) return NO_VARIABLES
  const secrets = new Map<string, string>()
  const secretNames = new Set(plan.variables.filter((variable) => variable.isSecret).map((variable) => variable.name))
  const variables: { [name: string]: Value } = {}
  for (const [name, value] of Object.entries(given))
    setOwn(variables, name, secretNames.has(name) ? sealAll(name, value, secrets) : value)
  return { variables, secrets }
}

/** Secret variables too short to be found in a text: they are sealed by reference only. */
export function shortSecrets({ variables }: Plan, given: { readonly [name: string]: Json }): readonly string[] {
  return variables.flatMap(({ name, isSecret }) => (isSecret && isShort(given[name]) ? [name] : []))
}

function isShort(value: Json | undefined): boolean {
  return typeof value === 'string' && value.length < SEALED_LENGTH_MIN
}

function sealAll(name: string, value: Json, secrets: Map<string, string>): Value {
  if (typeof value === 'string') {
    secrets.set(name, value)
    return new Sealed([{ secret: name, form: 'plain' }])
  }
  if (Array.isArray(value)) return value.map((item: Json, index) => sealAll(`${name}[${index}]`, item, secrets))
  if (!isRecord(value)) return value
  const sealed: { [key: string]: Value } = {}
  for (const [key, item] of Object.entries(value)) setOwn(sealed, key, sealAll(`${name}.${key}`, item, secrets))
  return sealed
}
