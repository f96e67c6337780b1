// By which word a document shows its language.
import type { Span } from '../plan/problem.ts'
import { child, type Node } from '../source/node.ts'

/** Where the first step of a list, or of `steps`, has `key`. */
export function markOfKey(root: Node, key: string): Span | null {
  const steps = root.kind === 'list' ? root : child(root, 'steps')
  if (steps?.kind !== 'list') return null
  for (const step of steps.items) {
    const entry = step.kind === 'map' ? step.entries.find((one) => one.key === key) : undefined
    if (entry !== undefined) return entry.keySpan
  }
  return null
}
