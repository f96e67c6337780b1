// Whether something is plain data, before it goes where only plain data may.

/** Far from the 10,000 levels at which JSON.stringify overflows. */
const VALUE_DEPTH_MAX = 512
/** A list of a million items of ten fields. A value whose parts share parts may stand for any number: written out, it fills the memory. */
const VALUE_NODES_MAX = 10_000_000

/** Why `value` is no plain data; `null` when it is. Deep: every part is looked at, otherwise only the outside. */
export function notPlain(value: unknown, isDeep: boolean): string | null {
  const outside = notPlainItself(value)
  if (outside !== null || !isDeep || typeof value !== 'object' || value === null) return outside
  const open: { value: object; depth: number; path: string }[] = [{ value, depth: 1, path: '' }]
  let nodes = 1
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > VALUE_DEPTH_MAX)
      return `Nested more than ${VALUE_DEPTH_MAX} levels deep (valueDepthMax), or inside itself`
    const parts = Object.entries(next.value)
    nodes += Array.isArray(next.value) ? next.value.length : parts.length // A list's holes are written too.
    if (nodes > VALUE_NODES_MAX) return `Of more than ${VALUE_NODES_MAX} parts (valueNodesMax)`
    for (const [key, part] of parts) {
      const problem = notPlainItself(part)
      const path = `${next.path}.${key}`
      if (problem !== null) return `${problem}, at ${path.slice(1)}`
      if (typeof part === 'object' && part !== null) open.push({ value: part, depth: next.depth + 1, path })
    }
  }
  return null
}

/** Whether `value` has more levels or parts than plain data may have. Asks nothing else, and is quicker for it. */
export function isBeyondBounds(value: unknown): boolean {
  return typeof value === 'object' && value !== null && partsLeft(value, VALUE_DEPTH_MAX, VALUE_NODES_MAX) < 0
}

/** How many of `left` parts there may still be behind `value`; negative where it is too deep. */
function partsLeft(value: object, levels: number, left: number): number {
  if (levels === 0) return -1
  let rest = left - 1
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof part === 'object' && part !== null) rest = partsLeft(part, levels - 1, rest)
    if (rest < 0) return rest
  }
  return rest
}

function notPlainItself(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${value} has no form in JSON`
  if (typeof value === 'object') return value === null || Array.isArray(value) ? null : notPlainObject(value)
  const isPlain = value === undefined || typeof value === 'boolean' || typeof value === 'string'
  return isPlain ? null : `A ${typeof value} is no plain data`
}

function notPlainObject(value: object): string | null {
  const prototype: unknown = Object.getPrototypeOf(value)
  if ('toJSON' in value) return `${nameOf(value)} is no plain data`
  if (prototype === null || prototype === Object.prototype) return null
  // Plain data of another realm has a prototype of its own without a prototype.
  return Object.getPrototypeOf(prototype) === null ? null : `${nameOf(value)} is no plain data`
}

function nameOf({ constructor }: object): string {
  return typeof constructor === 'function' && constructor.name !== '' ? `A ${constructor.name}` : 'An object of a class'
}
