// Whether something is plain data, before it goes where only plain data may.

/** Far from the 10,000 levels at which JSON.stringify overflows. */
const VALUE_DEPTH_MAX = 512

/** Why `value` is no plain data; `null` when it is. Deep: every part is looked at, otherwise only the outside. */
export function notPlain(value: unknown, isDeep: boolean): string | null {
  const outside = notPlainItself(value)
  if (outside !== null || !isDeep || typeof value !== 'object' || value === null) return outside
  const open: { value: object; depth: number; path: string }[] = [{ value, depth: 1, path: '' }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > VALUE_DEPTH_MAX)
      return `Nested more than ${VALUE_DEPTH_MAX} levels deep (valueDepthMax), or inside itself`
    for (const [key, part] of Object.entries(next.value)) {
      const problem = notPlainItself(part)
      const path = `${next.path}.${key}`
      if (problem !== null) return `${problem}, at ${path.slice(1)}`
      if (typeof part === 'object' && part !== null) open.push({ value: part, depth: next.depth + 1, path })
    }
  }
  return null
}

function notPlainItself(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${value} has no form in JSON`
  if (typeof value === 'object') return value === null || Array.isArray(value) ? null : notPlainObject(value)
  const isPlain = value === undefined || typeof value === 'boolean' || typeof value === 'string'
  return isPlain ? null : `A ${typeof value} is no plain data`
}

function notPlainObject(value: object): string | null {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype || 'toJSON' in value)
    return 'toJSON' in value ? `A ${value.constructor.name} is no plain data` : null
  // Plain data of another realm has a prototype of its own without a prototype.
  return Object.getPrototypeOf(prototype) === null ? null : `A ${value.constructor.name} is no plain data`
}
