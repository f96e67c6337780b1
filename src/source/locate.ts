// Where a path in plain data stands in the text that it came from: schemas complain about data, people look at text.
import type { Span } from '../plan/problem.ts'
import type { Node } from './node.ts'

/** The place of the value at `path`, or of the innermost value on the way to it that is there. */
export function locate(root: Node, path: readonly (string | number)[]): Span {
  let node = root
  for (const segment of path) {
    const next = step(node, segment)
    if (next === null) break
    node = next
  }
  return node.span
}

function step(node: Node, segment: string | number): Node | null {
  if (node.kind === 'map') return node.entries.find((entry) => entry.key === String(segment))?.value ?? null
  return node.kind === 'list' ? (node.items[Number(segment)] ?? null) : null
}
