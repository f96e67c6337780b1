// Data that nobody can change any more.

/** Parts that were frozen here to their last part; only those that are long are worth remembering. */
const known = new WeakSet<object>()
const LONG = 64

/**
 * Freezes `value`, which JSON can hold, and all its parts; what others have frozen may be so on its outside only.
 * Answers whether that could be done: the bytes of a buffer cannot be frozen.
 */
export function freeze(value: object): boolean {
  const open: object[] = [value]
  const long: object[] = []
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (known.has(next)) continue
    if (ArrayBuffer.isView(next)) return false
    Object.freeze(next)
    const parts: readonly unknown[] = Array.isArray(next) ? next : Object.values(next)
    if (parts.length >= LONG) long.push(next)
    for (const part of parts) if (typeof part === 'object' && part !== null) open.push(part)
  }
  for (const part of long) known.add(part)
  return true
}
