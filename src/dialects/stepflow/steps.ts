// One step of the file becomes one step of the plan, with the other steps that it waits for.
import { type Expr, readsItem, type StepIndex } from '../../plan/expr.ts'
import type { Each, Gate, Needs, OnError, Step } from '../../plan/plan.ts'
import { itemsListedMax } from '../../source/bounds.ts'
import { toFlag } from '../../source/fields.ts'
import { describe, type Entry, type Node } from '../../source/node.ts'
import type { CompileOptions } from '../dialect.ts'
import { lanesOf } from '../lanes.ts'
import { needsOf } from '../needs.ts'
import { ownPolicy, toDuration } from '../retry.ts'
import { compileExpr } from './expressions.ts'
import type { StepHead } from './heads.ts'
import { compileOnError } from './on-error.ts'
import { inGate, inInput, type Names, noteSkipping, nothing, type Scope } from './scope.ts'
import { usualPolicy } from './usual-retries.ts'

/** A step, and all that it may wait for: needs, order, every reference, lazy branches and defaults included. */
export type CompiledStep = { readonly step: Step; readonly waitsFor: readonly StepIndex[] }

export function compileStep(head: StepHead, names: Names, options: CompileOptions): CompiledStep {
  const { fields, report } = head
  const reads: StepIndex[] = []
  const isLoop = fields.has('forEach')
  const scope: Scope = { names, report, self: head.index, place: inInput, isInLoop: isLoop, reads }
  const gate = gateOf(fields.get('skipIf'), scope)
  const isLaneGate = isLoop && gate !== null && readsItem(gate.expr)
  const inputEntry = fields.get('input')
  const input = inputEntry === undefined ? nothing : compileExpr(inputEntry.value, scope)
  const needs = needsOf(head, names.steps)
  const each = eachOf(head, isLaneGate ? gate : null, scope)
  const substituteReads: StepIndex[] = []
  const { onError, retries } = compileOnError(fields.get('onError'), { ...scope, reads: substituteReads })
  const retry = fields.get('retry')
  const step: Step = {
    id: head.id,
    component: head.component,
    needs,
    after: afterOf(onError, substituteReads, needs),
    gate: isLaneGate ? null : gate,
    each,
    mustExecute: flagOf(fields.get('mustExecute'), head),
    input,
    onError,
    retry: retry === undefined ? usualPolicy(onError, retries, options) : ownPolicy(retry, report),
    timeoutMs: timeoutOf(fields.get('timeout'), head),
  }
  return { step, waitsFor: [...(needs?.steps ?? []), ...reads, ...substituteReads] }
}

function gateOf(entry: Entry | undefined, scope: Scope): Gate | null {
  if (entry === undefined) return null
  noteSkipping(scope.names.marks, entry.keySpan)
  const expr = compileExpr(entry.value, { ...scope, place: inGate })
  return { expr, runsWhen: false, ifBroken: 'fail', truthiness: 'filled' }
}

/** What the substitute reads must have ended; what the step needs has ended anyway. */
function afterOf(onError: OnError, reads: readonly StepIndex[], needs: Needs | null): readonly StepIndex[] {
  if (onError.kind !== 'substitute' || reads.length === 0) return []
  const needed = new Set(needs?.steps)
  return [...new Set(reads)].filter((step) => !needed.has(step))
}

function eachOf({ fields, report }: StepHead, gate: Gate | null, scope: Scope): Each | null {
  const entry = fields.get('forEach')
  const parallelMax = lanesOf(fields, report)
  if (entry === undefined) return null
  const items = compileExpr(entry.value, { ...scope, isInLoop: false })
  checkItems(items, entry.value, scope)
  return { items, gate, parallelMax }
}

function checkItems(items: Expr, node: Node, { report }: Scope): void {
  const listed =
    items.kind === 'list' ? items.items : items.kind === 'literal' && Array.isArray(items.value) ? items.value : null
  if (listed !== null && listed.length > itemsListedMax)
    report.error(
      'PLAN_BOUND',
      node.span,
      `Cannot list ${listed.length} items: itemsListedMax is ${itemsListedMax}`,
      'Read them from a file or the input',
    )
  if ((items.kind === 'literal' && listed === null) || items.kind === 'record') {
    // A reference that is broken reads as null, and has been reported.
    if (items.kind === 'literal' && items.value === null) return
    report.error(
      'WRONG_TYPE',
      node.span,
      `Cannot loop over ${describe(node)}: forEach is a list, or a reference to one`,
      'Write forEach: { $input: items }',
    )
  }
}

function flagOf(entry: Entry | undefined, { report }: StepHead): boolean {
  return entry === undefined ? false : (toFlag(entry.value, 'mustExecute', report) ?? false)
}

function timeoutOf(entry: Entry | undefined, { report }: StepHead): number | null {
  return entry === undefined ? null : toDuration(entry.value, 'timeout', 1, report)
}
