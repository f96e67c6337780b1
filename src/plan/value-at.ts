// What lies at a place of a value, for those who show or compare it. Of a large value that is kept apart it is that itself.
import type { Lookup } from './expr.ts'
import { isList, isValueRecord, Spilled, type Value } from './leaf.ts'

export function valueAt(value: Value | undefined, { paths }: Lookup): Value | undefined {
  let found = value
  for (const segment of paths[0] ?? []) {
    if (found instanceof Spilled) return found
    found = partOf(found, segment)
  }
  return found
}

function partOf(value: Value | undefined, segment: string | number): Value | undefined {
  if (typeof segment === 'number') return isList(value) ? value[segment] : undefined
  return isValueRecord(value) && Object.hasOwn(value, segment) ? value[segment] : undefined
}
