// The configuration that a flow's own tests run with.
import { child, type Node, textOf } from '../../source/node.ts'

/** `configFile` is relative to the flow's own file. */
export type TestConfig =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'inline'; readonly root: Node }

/** `test: { configFile }`, or `test: { config }`; `null` where the flow names none. */
export function testConfigOf(root: Node): TestConfig | null {
  const test = child(root, 'test')
  const path = textOf(child(test, 'configFile'))
  if (path !== null) return { kind: 'file', path }
  const inline = child(test, 'config') ?? child(test, 'stepflow_config')
  return inline === null ? null : { kind: 'inline', root: inline }
}
