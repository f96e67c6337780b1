// When a server that is busy asks to be tried again.
import type { HttpResponse } from '../../net/client.ts'

/** As `Retry-After` is written by RFC 9110: whole seconds, or a date. */
const SECONDS = /^\d{1,9}$/
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * The wait that a response asks for, in milliseconds, or `null` where it asks for none that can be read.
 *
 * @param nowMs Epoch milliseconds; a date that has passed means no wait.
 * @example retryAfterMs({ 'retry-after': '2' }, 0) // 2000
 */
export function retryAfterMs(headers: HttpResponse['headers'], nowMs: number): number | null {
  const text = [headers['retry-after'] ?? ''].flat()[0]?.trim() ?? ''
  if (SECONDS.test(text)) return Number(text) * 1_000
  if (!DATE.test(text)) return null
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}
