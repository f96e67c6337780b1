// The Jinba Flow language: manifests of steps that call tools.
import type { Json } from '../../lib/json.ts'
import { child, type Node } from '../../source/node.ts'
import { toJson } from '../../source/to-json.ts'
import type { Dialect } from '../dialect.ts'
import { markOfKey } from '../marks.ts'
import { compileManifest } from './manifest.ts'
import { toolPaths } from './tools.ts'

export const jinba: Dialect = {
  name: 'jinba',
  recognises: (root) => root.kind === 'list' || markOfKey(root, 'tool') !== null,
  markIn: (root) => markOfKey(root, 'tool'),
  compile: compileManifest,
  casesOf,
  starter: async () => (await import('./starter.ts')).starter,
  editorSchema: async (callables) => (await import('./editor-schema.ts')).editorSchema(callables),
  aliases: toolPaths,
}

/** `test:` is a list of cases, or a mapping that has one. */
function casesOf(root: Node): readonly Json[] {
  const test = child(root, 'test')
  const cases = test?.kind === 'list' ? test : child(test, 'cases')
  return cases?.kind === 'list' ? cases.items.map(toJson) : []
}
