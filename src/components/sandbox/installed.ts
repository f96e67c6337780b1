// Which libraries of those that users install by themselves are there.
import { createRequire } from 'node:module'

/** Those of `names` that cannot be found. Nothing is loaded. */
export function missingOf(names: readonly string[]): readonly string[] {
  const { resolve } = createRequire(import.meta.url)
  return names.filter((name) => {
    try {
      resolve(name)
      return false
    } catch {
      return true
    }
  })
}
