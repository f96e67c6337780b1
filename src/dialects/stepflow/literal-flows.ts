// Flows that are written inside a flow, as data for a component that runs or stores them: what is wrong there is found now.
import { type Entry, type MapNode, type Node, child, describe, textOf } from '../../source/node.ts'
import { builtinName } from './component-paths.ts'
import type { StepHead } from './heads.ts'

/** Which keys of the input of a built-in hold a flow. */
const flowKeys: ReadonlyMap<string, readonly string[]> = new Map([
  ['eval', ['workflow', 'flow']],
  ['map', ['workflow', 'flow']],
  ['iterate', ['flow', 'workflow']],
  ['put_blob', ['data']],
])

/** The flows that the input of this step holds under `$literal`. */
export function literalFlowsOf({ component, fields, report }: StepHead): readonly MapNode[] {
  const input = fields.get('input')?.value ?? null
  const name = builtinName(component)
  if (input?.kind !== 'map' || name === null) return []
  if (name === 'put_blob' && textOf(child(input, 'blob_type')) !== 'flow') return []
  const keys = flowKeys.get(name) ?? []
  const flows: MapNode[] = []
  for (const entry of input.entries.filter(({ key }) => keys.includes(key))) {
    const literal = child(entry.value, '$literal')
    if (literal?.kind === 'map') flows.push(literal)
    else if (literal !== null)
      report.error(
        'INVALID_SUBFLOW_LITERAL',
        literal.span,
        `Cannot read ${describe(literal)} as a flow`,
        'A flow is a mapping with steps',
        2003,
      )
    else if (isWrittenOut(entry.value)) report.warning('INLINE_FLOW', entry.keySpan, ...notLiteral(entry))
  }
  return flows
}

function isWrittenOut(node: Node): boolean {
  return child(node, 'steps')?.kind === 'list'
}

function notLiteral({ key }: Entry): [message: string, hint: string] {
  return [
    `Cannot keep the references of the flow in "${key}" for the flow itself: they are read as references of this one`,
    `Write ${key}: { $literal: { steps: … } }`,
  ]
}
