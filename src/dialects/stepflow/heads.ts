// First look at the steps: their ids and components, so that what comes later can name them in any order.
import { quote } from '../../lib/quote.ts'
import type { StepIndex } from '../../plan/expr.ts'
import { stepsPerPlanMax } from '../../source/bounds.ts'
import { type Fields, toItems, toText } from '../../source/fields.ts'
import type { Entry, MapNode, Node } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { openStep } from '../open-step.ts'
import { isBuiltinUrl, toComponentPath } from './component-paths.ts'
import { stepShape } from './shapes.ts'

/** A step of which no more is known than who it is. */
export type StepHead = {
  readonly id: string
  readonly index: StepIndex
  readonly component: string
  readonly node: MapNode
  readonly fields: Fields
  readonly idNode: Node
  readonly report: Report
}

/** The steps of a flow; those without an id are left out, with an error. */
export function readHeads(entry: Entry | undefined, report: Report): readonly StepHead[] {
  if (entry === undefined) return []
  const items = toItems(entry.value, 'steps', report)
  if (items === null) return []
  if (items.length > stepsPerPlanMax)
    report.error(
      'PLAN_BOUND',
      entry.keySpan,
      `Cannot run ${items.length} steps: stepsPerPlanMax is ${stepsPerPlanMax}`,
      'Split the flow',
    )
  const heads: StepHead[] = []
  const byId = new Map<string, StepHead>()
  for (const item of items.slice(0, stepsPerPlanMax)) {
    const head = readHead(item, byId, report)
    if (head === null) continue
    byId.set(head.id, head)
    heads.push(head)
  }
  return heads
}

function readHead(item: Node, byId: ReadonlyMap<string, StepHead>, report: Report): StepHead | null {
  const opened = openStep(item, stepShape, report)
  if (opened === null) return null
  const { node, fields, report: stepReport } = opened
  const idNode = fields.get('id')?.value
  if (idNode === undefined) {
    report.error('MISSING_KEY', node.span, 'Cannot find the id of this step', 'Write id: name')
    return null
  }
  const id = toText(idNode, 'the id of a step', report)
  const component = componentOf(node, fields, stepReport)
  if (id === null || !isUsableId(id, idNode, byId, report)) return null
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- An index is given here, once: the place in the list of steps.
  const index = byId.size as StepIndex
  return { id, index, component, node, fields, idNode, report: stepReport }
}

function isUsableId(id: string, { span }: Node, byId: ReadonlyMap<string, StepHead>, report: Report): boolean {
  const earlier = byId.get(id)
  if (id.trim() === '') report.error('EMPTY_STEP_ID', span, 'Cannot use an empty id', 'Give the step a name', 3001)
  else if (/[\n\r\u2028\u2029]/.test(id))
    report.error('INVALID_STEP_ID', span, `Cannot use the id ${quote(id)}: it has a line break`, 'Write it on one line')
  else if (earlier !== undefined) {
    const { line, column } = earlier.idNode.span
    const message = `Cannot use the id ${quote(id)} twice: it is also at line ${line}, column ${column}`
    report.inStep(id).error('DUPLICATE_STEP_ID', span, message, 'Rename one of the steps', 3000)
  } else return true
  return false
}

function componentOf(node: MapNode, fields: Fields, report: Report): string {
  const entry = fields.get('component')
  if (entry === undefined) {
    report.error('MISSING_KEY', node.span, 'Cannot find the component of this step', 'Write component: /path')
    return ''
  }
  const { span } = entry.value
  const text = toText(entry.value, 'the component of a step', report) ?? '/'
  if (isBuiltinUrl(text))
    report.warning('OLDER_SPELLING', span, `${quote(text)} is an older spelling`, `Write ${toComponentPath(text)}`)
  else if (!text.startsWith('/'))
    report.error(
      'INVALID_COMPONENT',
      span,
      `Cannot use the component ${quote(text)}: it does not begin with "/"`,
      `Write component: /${text}`,
      2500,
    )
  return toComponentPath(text)
}
