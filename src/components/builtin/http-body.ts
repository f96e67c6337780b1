// Bodies of HTTP calls: what goes out, and how what comes back is read.
import { excerpt } from '../../lib/excerpt.ts'
import type { Json } from '../../lib/json.ts'
import type { HttpResponse } from '../../net/client.ts'

export const BODY_FORMATS = ['auto', 'json', 'text', 'base64'] as const
export type BodyFormat = (typeof BODY_FORMATS)[number]

/** Of a body in an error. */
const excerptMax = 2_000

/** A body as data, or why it cannot be that. An empty body that would be JSON is `null`. */
export function readBody(
  response: HttpResponse,
  format: BodyFormat,
): { readonly value: Json } | { readonly reason: string } {
  if (format === 'base64') return { value: Buffer.from(response.body).toString('base64') }
  const type = contentType(response)
  const text = decode(response.body, type)
  const isJson = format === 'json' || (format === 'auto' && /^[^;]*[/+]json *(;|$)/i.test(type))
  if (!isJson) return { value: text }
  if (text.trim() === '') return { value: null }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { reason: `its body is not JSON: ${excerpt(text, 100)}` }
  }
}

/** The beginning of a body, for an error. */
export function excerptOf(response: HttpResponse): string {
  return excerpt(decode(response.body, contentType(response)), excerptMax)
}

function contentType({ headers }: HttpResponse): string {
  return [headers['content-type'] ?? ''].flat()[0] ?? ''
}

function decode(bytes: Uint8Array, type: string): string {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(type)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}
