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
}

/** A mapping with steps that name components; or with an output, or steps that at least name no tools. */
function recognises(root: Node): boolean {
  const steps = child(root, 'steps')
  if (steps?.kind !== 'list') return steps !== null || child(root, 'output') !== null
  if (steps.items.some((step) => child(step, 'component') !== null)) return true
  return !steps.items.some((step) => child(step, 'tool') !== null)
}
