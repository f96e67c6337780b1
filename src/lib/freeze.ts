// Data that nobody can change any more.

/** Freezes `value` and all its parts; what is frozen already is taken to be so to its last part. */
export function freeze(value: object): void {
  const open: object[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Object.isFrozen(next)) continue
    Object.freeze(next)
    for (const part of Array.isArray(next) ? next : Object.values(next))
      if (typeof part === 'object' && part !== null) open.push(part)
  }
}
