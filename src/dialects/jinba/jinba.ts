// The Jinba Flow language: manifests of steps that call tools. What compiles them is loaded when it is needed.
import type { Json } from '../../lib/json.ts'
import { child, type Node } from '../../source/node.ts'
import { toJson } from '../../source/to-json.ts'
import type { Dialect } from '../dialect.ts'
import { markOfKey } from '../marks.ts'
import { toolPaths } from './tools.ts'

/** `loadTexts` loads what compiles templates when a plan is linked. */
export function createJinba({ loadTexts }: { readonly loadTexts: () => Promise<void> }): Dialect {
  let compileManifest: Dialect['compile'] | null = null
  return {
    name: 'jinba',
    recognises: (root) => root.kind === 'list' || markOfKey(root, 'tool') !== null,
    markIn: (root) => markOfKey(root, 'tool'),
    async prepare() {
      const [loaded] = await Promise.all([import('./manifest.ts'), loadTexts()])
      compileManifest = loaded.compileManifest
    },
    compile(root, source, options) {
      if (compileManifest === null) throw new Error('A manifest is compiled after prepare()')
      return compileManifest(root, source, options)
    },
    casesOf,
    starter: async () => (await import('./starter.ts')).starter,
    write: async (plan) => (await import('./write.ts')).writeManifest(plan),
    editorSchema: async (callables) => (await import('./editor-schema.ts')).editorSchema(callables),
    aliases: toolPaths,
  }
}

/** `test:` is a list of cases, or a mapping that has one. */
function casesOf(root: Node): readonly Json[] {
  const test = child(root, 'test')
  const cases = test?.kind === 'list' ? test : child(test, 'cases')
  return cases?.kind === 'list' ? cases.items.map(toJson) : []
}
