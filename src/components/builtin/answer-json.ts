// Answers of services that speak JSON.
import { isRecord, type Json, type JsonRecord } from '../../lib/json.ts'
import type { HttpResponse } from '../../net/client.ts'
import { readBody } from './http-body.ts'

/** The mapping that a body is; an empty one where it is anything else. */
export function mappingIn(response: HttpResponse): JsonRecord {
  const body = readBody(response, 'json')
  return 'value' in body && isRecord(body.value) ? body.value : {}
}

/** The fields of `from` that are there, by their names. */
export function pick(from: JsonRecord, names: readonly string[]): JsonRecord {
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => (Object.hasOwn(from, name) ? [[name, from[name] ?? null]] : [])),
  )
}
