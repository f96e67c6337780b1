// What must hold whatever a user does. A broken assertion is a mistake of ours and is never caught for control flow.

/** Throws unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** Ends a `switch` over a closed union: a case that was forgotten is a compile error here. */
export function unreachable(value: never): never {
  throw new AssertionError(`No case for ${JSON.stringify(value)}`)
}

/** A mistake of ours. */
class AssertionError extends Error {
  override readonly name = 'AssertionError'
}
