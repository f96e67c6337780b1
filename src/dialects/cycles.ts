// Steps that wait for each other.
import { findCycles } from '../lib/find-cycles.ts'
import type { StepIndex } from '../plan/expr.ts'
import type { Node } from '../source/node.ts'
import type { Report } from '../source/report.ts'

type Head = { readonly id: string; readonly idNode: Node }

const stepsNamedMax = 10

/** Steps that wait for each other are an error that names them all. */
export function checkCycles(heads: readonly Head[], waits: readonly (readonly StepIndex[])[], report: Report): void {
  for (const cycle of findCycles(waits)) {
    const ids = cycle.map((index) => heads[index]?.id ?? '')
    const [first] = ids
    const head = heads[cycle[0] ?? 0]
    if (first === undefined || head === undefined) continue
    const named = ids.length <= stepsNamedMax ? [...ids, first] : [...ids.slice(0, stepsNamedMax), '…', first]
    const message = `Cannot order the steps ${named.join(' → ')}: each waits for the next`
    report
      .inStep(head.id)
      .error('DEPENDENCY_CYCLE', head.idNode.span, message, 'Remove one of the references between them')
  }
}
