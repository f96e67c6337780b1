// Data that nobody can change any more.

/**
 * Freezes `value`, which JSON can hold, and all its parts; what is frozen already may be so on its outside only.
 * Answers whether that could be done: the bytes of a buffer cannot be frozen.
 */
export function freeze(value: object): boolean {
  const open: object[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (ArrayBuffer.isView(next)) return false
    Object.freeze(next)
    for (const part of Array.isArray(next) ? next : Object.values(next))
      if (typeof part === 'object' && part !== null) open.push(part)
  }
  return true
}
