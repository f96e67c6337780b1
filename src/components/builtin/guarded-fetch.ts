// The guarded HTTP client in the shape of `fetch`, for libraries that bring their own idea of a protocol.
import type { HttpClient, HttpOutcome } from '../../net/client.ts'

export type GuardedFetch = {
  readonly fetch: typeof globalThis.fetch
  /** How the last request ended, or `null` before there was one. */
  readonly last: () => HttpOutcome | null
}

/** Statuses whose answers have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

/** Requests that go through `http`; redirects are answers, so that no key follows one. */
export function guardedFetch(http: HttpClient, { timeoutMs }: { readonly timeoutMs: number }): GuardedFetch {
  let last: HttpOutcome | null = null
  return {
    last: () => last,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      last = await http.request({
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        body: request.body === null ? null : new Uint8Array(await request.arrayBuffer()),
        timeoutMs,
        redirectsMax: 0,
        signal: request.signal,
      })
      if (last.kind === 'failed') throw new Error(last.message)
      return toResponse(last.response)
    },
  }
}

function toResponse({ status, headers, body }: Extract<HttpOutcome, { kind: 'response' }>['response']): Response {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    [value ?? []].flat().map((one) => [name, one]),
  )
  return new Response(BODILESS.has(status) ? null : Uint8Array.from(body), { status, headers: entries })
}
