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
  constructor(code: NetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
