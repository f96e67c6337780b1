// Failures without the secrets that a call was made with, whatever the other side quoted.
import { isRecord, type Json } from '../../lib/json.ts'
import type { ErrorInfo } from '../component.ts'

/** Shorter ones would also be found in what is no secret. */
const secretCharactersMin = 4

/** `error` with `***` for each of `secrets`. */
export function hide(error: ErrorInfo, secrets: readonly string[]): ErrorInfo {
  const known = secrets.filter((secret) => secret.length >= secretCharactersMin)
  const hidden = known.flatMap(spellingsOf)
  const text = (value: string): string => hidden.reduce((rest, secret) => rest.replaceAll(secret, '***'), value)
  const { message, data } = error
  return { ...error, message: text(message), ...(data !== undefined && { data: mapTexts(data, text) }) }
}

/** As it may stand in a text, in a URL, and in JSON, which some write with `\/`. */
function spellingsOf(secret: string): readonly string[] {
  const inJson = JSON.stringify(secret).slice(1, -1)
  return [secret, encodeURIComponent(secret.toWellFormed()), inJson, inJson.replaceAll('/', '\\/')]
}

function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((one: Json) => mapTexts(one, change))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)]))
}
