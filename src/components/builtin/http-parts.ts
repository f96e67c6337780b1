// The parts of an HTTP call that a flow writes as mappings.
import { type Json, type JsonRecord, kindOf } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import { invalidInput } from './invalid-input.ts'

/** Headers as given, with the key by which a server can tell a repeated call, and the type of a JSON body. */
export function headersOf(
  given: JsonRecord,
  { key, isJson }: { readonly key: string; readonly isJson: boolean },
): Readonly<Record<string, string>> {
  const headers = new Map([['idempotency-key', toHeaderValue(key)]])
  if (isJson) headers.set('content-type', 'application/json')
  for (const [name, value] of Object.entries(given))
    if (value !== null) headers.set(name.toLowerCase(), textsOf(value, `the header ${quote(name)}`).join(', '))
  return Object.fromEntries(headers)
}

/** Each entry of a query; a list stands for several. */
export function queryOf(given: JsonRecord): readonly (readonly [name: string, value: string])[] {
  return Object.entries(given).flatMap(([name, value]) =>
    value === null ? [] : textsOf(value, `${quote(name)} of the query`).map((text) => [name, text] as const),
  )
}

function textsOf(value: Json, what: string): readonly string[] {
  const values: readonly Json[] = Array.isArray(value) ? value : [value]
  return values.map((one) => {
    if (typeof one === 'object') throw invalidInput(`Cannot send ${kindOf(one)} as ${what}: expected text or a number`)
    return String(one)
  })
}

/** A key holds the id of a step, which may be any text; a header holds visible ASCII. Different keys stay different. */
function toHeaderValue(key: string): string {
  return key.toWellFormed().replaceAll(/[^\x21-\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character))
}
