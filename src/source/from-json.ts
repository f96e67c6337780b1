// Plain data as a tree, for a flow that arrives as data and for patches. Its nodes have no places.
import type { Json } from '../lib/json.ts'
import { isRecord } from '../lib/json.ts'
import type { Problem } from '../plan/problem.ts'
import { SOURCE_BOUNDS, type SourceBounds } from './bounds.ts'
import { type Entry, NOWHERE, type Node } from './node.ts'
import type { ReadSource } from './read.ts'

/** The tree of `value`. Data deeper than `sourceDepthMax` is a problem. */
export function fromJson(value: Json, bounds: SourceBounds = SOURCE_BOUNDS): ReadSource {
  const root = nodeOf(value, bounds.sourceDepthMax)
  return { root, problems: root === null ? [tooDeep(bounds)] : [] }
}

/** Recursion ends at `depthLeft`. */
function nodeOf(value: Json, depthLeft: number): Node | null {
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', value, span: NOWHERE, style: 'quoted' }
  if (depthLeft === 0) return null
  if (!isRecord(value)) {
    const items: Node[] = []
    for (const item of value) {
      const node = nodeOf(item, depthLeft - 1)
      if (node === null) return null
      items.push(node)
    }
    return { kind: 'list', items, span: NOWHERE }
  }
  const entries: Entry[] = []
  for (const key of Object.keys(value)) {
    const node = nodeOf(value[key] ?? null, depthLeft - 1)
    if (node === null) return null
    entries.push({ key, keySpan: NOWHERE, value: node, isTextKey: true })
  }
  return { kind: 'map', entries, span: NOWHERE }
}

function tooDeep({ sourceDepthMax }: SourceBounds): Problem {
  const message = `Cannot read lists and mappings deeper than sourceDepthMax (${sourceDepthMax})`
  return { code: 'SOURCE_BOUND', severity: 'error', message, file: null, span: null, step: null, hint: null }
}
