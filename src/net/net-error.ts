// What can go wrong with a call to the outside world.
// Messages name hosts, and never a query, a password or a header: they may hold secrets.

export type NetErrorCode =
  /** The address is not a public one, and nobody allowed it. */
  | 'ADDRESS_REFUSED'
  | 'INVALID_URL'
  /** A method, header or body that no HTTP request can carry. */
  | 'INVALID_REQUEST'
  /** The body is longer than `responseBytesMax` after decompression. */
  | 'RESPONSE_TOO_LARGE'
  | 'TIMEOUT'
  | 'TOO_MANY_REDIRECTS'
  /** No name, no connection, or one that broke. */
  | 'UNREACHABLE'

/** Thrown inside `net` only; the client answers it as a value. */
export class NetError extends Error {
  override readonly name = 'NetError'
  readonly code: NetErrorCode
  /** Whether any of the request may have left before. */
  readonly isSent: boolean
  constructor(code: NetErrorCode, message: string, { isSent = true }: { readonly isSent?: boolean } = {}) {
    super(message)
    this.code = code
    this.isSent = isSent
  }
}

/** Why, in the words of whatever was thrown. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
