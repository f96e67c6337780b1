// What the steps of each language begin with.
import { type Fields, fieldsOf, type Shape, toMapping } from '../source/fields.ts'
import type { MapNode, Node } from '../source/node.ts'
import type { Report } from '../source/report.ts'

/** A step's fields, and a report that names the step as soon as its id can be read. */
export function openStep(
  item: Node,
  shape: Shape,
  report: Report,
): { readonly node: MapNode; readonly fields: Fields; readonly report: Report } | null {
  const node = toMapping(item, 'a step', report)
  if (node === null) return null
  const written = node.entries.find(({ key }) => key === 'id')?.value
  const name = written?.kind === 'scalar' && typeof written.value === 'string' ? written.value : null
  const stepReport = report.inStep(name)
  return { node, fields: fieldsOf(node, shape, stepReport), report: stepReport }
}
