// Looks into values along paths: own fields and indices only, large values loaded, secrets never opened.
import { fail, MISSING, Stop, type Answer, type Env } from './env.ts'
import type { Lookup, Path, Segment } from './expr.ts'
import { isList, Sealed, Spilled, type Value } from './leaf.ts'

export function isWholeLookup(at: Lookup): boolean {
  return at.paths.length === 1 && at.paths[0]?.length === 0
}

/** Looks into `root`, which is the output of step `of` if of any. */
export type Find = (env: Env, root: Value | undefined, of: number) => Answer

/** Looks along the paths of `at`, the first that is found wins. `where` says for a message what was looked into. */
export function compileFind(at: Lookup, where: (of: number) => string): Find {
  const { paths, text } = at
  return (env, root, of) => {
    for (const path of paths) {
      const found = follow(env, root, path)
      if (found !== undefined) return found
    }
    return fail(env, 'EXPRESSION_FAILURE', `Path ${text} not found ${where(of)}${keysOf(root)}`)
  }
}

/** The value at `path`; `undefined` where there is none. */
function follow(env: Env, root: Value | undefined, path: Path): Answer {
  let value = root
  for (const segment of path) {
    const whole: Value | undefined | Stop = value instanceof Spilled ? load(env, value) : value
    if (whole instanceof Stop) return whole
    if (whole instanceof Sealed)
      return fail(env, 'SECRET_OPERATION', 'A secret can be passed on, but nothing can be read out of it')
    value = partOf(whole, segment)
    if (value === undefined) return undefined
  }
  return value
}

function partOf(value: Value | undefined, segment: Segment): Value | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Sealed || value instanceof Spilled)
    return undefined
  if (isList(value)) return typeof segment === 'number' ? value[segment] : undefined
  return typeof segment === 'string' && Object.hasOwn(value, segment) ? value[segment] : undefined
}

/** The large value itself, or MISSING, with a note that it has to be loaded. */
export function load(env: Env, leaf: Spilled): Value | Stop {
  const value = env.loaded.get(leaf.hash)
  env.usedLoaded = true
  if (value !== undefined) return value
  env.missing.push(leaf.hash)
  return MISSING
}

const KEYS_SHOWN_MAX = 8

/** What a mapping holds instead, for the message. */
function keysOf(value: Value | undefined): string {
  if (
    value === undefined ||
    value === null ||
    typeof value !== 'object' ||
    value instanceof Sealed ||
    value instanceof Spilled
  )
    return ''
  if (isList(value)) return `, a list of ${value.length}`
  const keys = Object.keys(value)
  if (keys.length === 0) return ', which is empty'
  const more = keys.length > KEYS_SHOWN_MAX ? `, … (${keys.length} in all)` : ''
  return `, which has: ${keys.slice(0, KEYS_SHOWN_MAX).join(', ')}${more}`
}
