// Error codes of all generations in one spelling: the newest names them, older files have numbers.
import type { Node } from '../../source/node.ts'

const named: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_INPUT'],
  [404, 'COMPONENT_NOT_FOUND'],
])

/** The code that `node` writes. A number that means nothing special is a component's own failure. */
export function errorCodeOf(node: Node | null): string {
  if (node?.kind !== 'scalar') return 'COMPONENT_FAILED'
  if (typeof node.value === 'string') return node.value
  return (typeof node.value === 'number' ? named.get(node.value) : undefined) ?? 'COMPONENT_FAILED'
}
