// The StepFlow language, in all its generations, freely mixed.
import { child, type Node } from '../../source/node.ts'
import type { Dialect } from '../dialect.ts'
import { markOfKey } from '../marks.ts'
import { casesOf } from './cases.ts'
import { compileFlow } from './flow.ts'

export const stepflow: Dialect = {
  name: 'stepflow',
  recognises,
  markIn: (root) => markOfKey(root, 'component'),
  compile: (root, source, options) => compileFlow(root, source.file, options),
  casesOf,
  starter: async () => (await import('./starter.ts')).starter,
  write: async (plan) => (await import('./write.ts')).writeFlow(plan),
  editorSchema: async (callables) => (await import('./editor-schema.ts')).editorSchema(callables),
}

/**
 * A mapping with steps that name components; or with an output, or steps that at least name no tools. Steps by id are those
 * of stubs and overrides, unless they are steps that should have been a list.
 */
function recognises(root: Node): boolean {
  const steps = child(root, 'steps')
  const hasOutput = child(root, 'output') !== null
  if (steps?.kind === 'map' && !hasOutput) return steps.entries.some(({ value }) => child(value, 'component') !== null)
  if (steps?.kind !== 'list') return steps !== null || hasOutput
  if (steps.items.some((step) => child(step, 'component') !== null)) return true
  return !steps.items.some((step) => child(step, 'tool') !== null)
}
