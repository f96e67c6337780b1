// Data that cannot be read or written in a format.

/** Thrown by formats; its message goes on after "Cannot convert …: ". */
export class ConvertError extends Error {
  override readonly name = 'ConvertError'
}
