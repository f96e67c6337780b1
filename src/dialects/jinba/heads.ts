// First look at the steps: their ids and tools, so that what comes later can name them in any order.
import { quote } from '../../lib/quote.ts'
import type { StepIndex } from '../../plan/expr.ts'
import { stepsPerPlanMax } from '../../source/bounds.ts'
import { type Fields, toText } from '../../source/fields.ts'
import type { MapNode, Node } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { openStep } from '../open-step.ts'
import { stepShape } from './shapes.ts'
import { toolOf, type Tool } from './tools.ts'

/** A step of which no more is known than who it is. */
export type StepHead = {
  readonly id: string
  readonly index: StepIndex
  readonly tool: Tool
  readonly node: MapNode
  readonly fields: Fields
  readonly idNode: Node
  readonly toolNode: Node
  readonly report: Report
}

/** Names that templates have for other things. */
const reserved = new Set(['loop', 'self', 'item', 'index'])
const idLengthMax = 128

/** The steps of a manifest; those without a usable id or tool are left out, with an error. */
export function readHeads(items: readonly Node[], report: Report): readonly StepHead[] {
  const [first] = items
  if (items.length > stepsPerPlanMax && first !== undefined) {
    const message = `Cannot run ${items.length} steps: stepsPerPlanMax is ${stepsPerPlanMax}`
    report.error('PLAN_BOUND', first.span, message, 'Split the flow')
  }
  const byId = new Map<string, StepHead>()
  for (const item of items.slice(0, stepsPerPlanMax)) {
    const head = readHead(item, byId, report)
    if (head !== null) byId.set(head.id, head)
  }
  return [...byId.values()]
}

function readHead(item: Node, byId: ReadonlyMap<string, StepHead>, report: Report): StepHead | null {
  const opened = openStep(item, stepShape, report)
  if (opened === null) return null
  const { node, fields, report: stepReport } = opened
  const idNode = need(fields, 'id', node, 'Write id: name', stepReport)
  const toolNode = need(fields, 'tool', node, 'Write tool: NAME', stepReport)
  const id = idNode === null ? null : toText(idNode, 'the id of a step', report)
  const tool = toolNode === null ? null : toText(toolNode, 'the tool of a step', stepReport)
  if (id === null || idNode === null || !isUsableId(id, idNode, byId, report)) return null
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- An index is given here, once: the place in the list of steps.
  const index = byId.size as StepIndex
  return {
    id,
    index,
    tool: toolOf(tool ?? ''),
    node,
    fields,
    idNode,
    toolNode: toolNode ?? node,
    report: stepReport,
  }
}

function need(fields: Fields, key: string, node: Node, hint: string, report: Report): Node | null {
  const entry = fields.get(key)
  if (entry === undefined) report.error('MISSING_KEY', node.span, `Cannot find the ${key} of this step`, hint)
  return entry?.value ?? null
}

function isUsableId(id: string, { span }: Node, byId: ReadonlyMap<string, StepHead>, report: Report): boolean {
  const earlier = byId.get(id)
  const refuse = (code: string, why: string, hint: string): false => {
    report.inStep(id).error(code, span, `Cannot use the id ${quote(id)}${why}`, hint)
    return false
  }
  if (id.trim() === '') return refuse('EMPTY_STEP_ID', ': it is empty', 'Give the step a name')
  if (earlier !== undefined) {
    const { line, column } = earlier.idNode.span
    return refuse(
      'DUPLICATE_STEP_ID',
      ` twice: it is also at line ${line}, column ${column}`,
      'Rename one of the steps',
    )
  }
  if (reserved.has(id)) return refuse('INVALID_STEP_ID', ': templates have that name for something else', 'Rename it')
  if (/[\n\r\u2028\u2029]/.test(id)) return refuse('INVALID_STEP_ID', ': it has a line break', 'Write it on one line')
  if (id.length > idLengthMax)
    return refuse('INVALID_STEP_ID', `: it has more than ${idLengthMax} characters (idLengthMax)`, 'Shorten it')
  if (!/^[A-Za-z_][\w-]*$/.test(id))
    report
      .inStep(id)
      .warning(
        'UNUSUAL_STEP_ID',
        span,
        `Cannot name ${quote(id)} in a template: it is not made of letters, digits, _ and -`,
        `Write steps['${id}'] there, or rename it`,
      )
  return true
}
