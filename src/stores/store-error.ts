// What a store says when it cannot.

/** The world failed. `isRetryable`: it may be otherwise later. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: string
  readonly isRetryable: boolean
  constructor(
    code: string,
    message: string,
    options: { readonly isRetryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.isRetryable = options.isRetryable ?? false
  }
}
