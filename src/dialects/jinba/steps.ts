// One step of the file becomes one step of the plan, with the other steps that it waits for.
import { type Expr, readsItem, type StepIndex } from '../../plan/expr.ts'
import type { Backoff, Each, Gate, Needs, RetryPolicy, Step } from '../../plan/plan.ts'
import { quote } from '../../lib/quote.ts'
import { describe, isNull, type Node, textOf } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import type { CompileOptions } from '../dialect.ts'
import { lanesOf } from '../lanes.ts'
import { needsOf } from '../needs.ts'
import { ownPolicy, toDuration } from '../retry.ts'
import type { StepHead } from './heads.ts'
import { compileOnError } from './on-error.ts'
import { type Pair, pairsOf } from './pairs.ts'
import type { Names, Scope } from './scope.ts'
import { compileValue, merged, nothing } from './templates.ts'
import { isInputTool, takesJson } from './tools.ts'
import { compileWhen } from './when.ts'

/** A step, and all that it may wait for. */
export type CompiledStep = {
  readonly step: Step
  readonly waitsFor: readonly StepIndex[]
  /** Whether a parameter of the flow has a value of its own. */
  readonly hasValue: boolean
}

export function compileStep(head: StepHead, names: Names, options: CompileOptions): CompiledStep {
  const { id, tool, fields, report, index } = head
  const reads: StepIndex[] = []
  const isInLoop = fields.has('forEach')
  const scope: Scope = { names, report, self: head, isInLoop, isConfig: false, reads }
  const needs = needsOf(head, names.steps)
  const gate = compileWhen(fields.get('when'), scope)
  const isLaneGate = isInLoop && gate !== null && readsItem(gate.expr)
  const each = eachOf(head, isLaneGate ? gate : null, scope)
  const pairs = pairsOf(fields.get('input'), report)
  const input = inputOf(head, pairs, scope)
  if (takesJson(tool)) refuseNoJson(pairs, report)
  const onError = compileOnError(fields.get('onError'), scope)
  const retry = fields.get('retry')
  const timeout = fields.get('timeout')
  const after = orderOnly(reads, needs)
  warnOfOrder(after, needs, scope)
  const step: Step = {
    id,
    component: tool.path,
    ...(tool.path === tool.name ? {} : { alias: tool.name }),
    needs,
    after,
    gate: isLaneGate ? null : gate,
    each,
    mustExecute: false,
    input,
    onError,
    retry: retry === undefined ? usualPolicy(head, options.backoff) : ownPolicy(retry, report),
    timeoutMs: timeout === undefined ? null : toDuration(timeout.value, 'timeout', 1, report),
  }
  return {
    step,
    waitsFor: [...(needs?.steps ?? []), ...after].filter((source) => source !== index),
    hasValue: pairs.some(
      ({ name, value }) => (tool.renamed.get(name) ?? name) === 'value' && value !== null && !isNull(value),
    ),
  }
}

/** The value that stands in for an argument is written in the text, so what is wrong with it is wrong before anything runs. */
function refuseNoJson(pairs: readonly Pair[], report: Report): void {
  const node = pairs.find(({ name }) => name === 'value')?.value ?? null
  const text = textOf(node)
  if (node === null || text === null || /\{[{%#]/.test(text)) return
  try {
    JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it is none'
    report.error(
      'INVALID_JSON',
      node.span,
      `Cannot read this value as JSON: ${why}`,
      'Write it as a list or a mapping, without quotes around it',
    )
  }
}

/** What is read and not needed must have ended too, however it ended. */
function orderOnly(reads: readonly StepIndex[], needs: Needs | null): readonly StepIndex[] {
  const needed = new Set(needs?.steps)
  return [...new Set(reads)].filter((step) => !needed.has(step))
}

/** Parameters of the flow are there from the start; any other step that is read would rather be needed. */
function warnOfOrder(after: readonly StepIndex[], needs: Needs | null, { names, report, self }: Scope): void {
  const ids = after.flatMap((of) => {
    const head = names.heads[of]
    return head === undefined || isInputTool(head.tool) ? [] : [head.id]
  })
  if (ids.length === 0) return
  const all = [...(needs?.steps ?? []).flatMap((of) => names.heads[of]?.id ?? []), ...ids]
  report.warning(
    'ORDER_BY_REFERENCE',
    self.idNode.span,
    `Step ${quote(self.id)} reads ${ids.map(quote).join(', ')} without needing it: it waits, but runs also when that was skipped or failed`,
    `Write needs: [${all.join(', ')}]`,
  )
}

function eachOf({ fields, report }: StepHead, gate: Gate | null, scope: Scope): Each | null {
  const entry = fields.get('forEach')
  const parallelMax = lanesOf(fields, report)
  if (entry === undefined) return null
  const { value: node } = entry
  const items = compileValue(node, { ...scope, isInLoop: false })
  if (!mayBeList(node, items))
    report.error(
      'WRONG_TYPE',
      node.span,
      `Cannot loop over ${describe(node)}: forEach is a list, or a template that gives one`,
      `Write forEach: "{{ ${pathIn(textOf(node)) ?? 'steps.ID.result'} }}"`,
    )
  return { items: { kind: 'list-of', of: items }, gate, parallelMax }
}

/** A list, or what a template gives, or text that may be the JSON of one. */
function mayBeList({ kind }: Node, items: Expr): boolean {
  if (kind !== 'scalar') return kind === 'list'
  return items.kind !== 'literal' || (typeof items.value === 'string' && /^\s*(?:\[|```)/.test(items.value))
}

/** Text that is a path without its braces. */
function pathIn(text: string | null): string | null {
  return text !== null && /^(?:steps|inputs)\.[\w.[\]-]+$/.test(text) ? text : null
}

/** Parameters, and settings beside or among them. */
function inputOf(head: StepHead, own: readonly Pair[], scope: Scope): Expr {
  const { fields, report, tool } = head
  const compiled = (pairs: readonly Pair[], inner: Scope): [string, Expr][] =>
    pairs.map(({ name, value }) => [
      tool.renamed.get(name) ?? name,
      compileValue(value, inner, tool.code?.name === name ? tool.code.language : null),
    ])
  const input = compiled(own, scope)
  const config = compiled(pairsOf(fields.get('config'), report), { ...scope, isConfig: true })
  const entries = isInputTool(tool) ? withArgument(input, head.id) : input
  if (tool.isFlat) return merged([...new Map([...config, ...entries])])
  return merged(config.length === 0 ? entries : [...entries, ['config', merged(config)]])
}

/** The parameter of a flow is what was given by its name, or else its own value. */
function withArgument(entries: readonly [string, Expr][], id: string): [string, Expr][] {
  const own = entries.find(([name]) => name === 'value')?.[1] ?? nothing
  const given: Expr = { kind: 'input', at: { paths: [[id]], text: id }, otherwise: own }
  return [['value', given], ...entries.filter(([name]) => name !== 'value')]
}

const busy = ['RESOURCE_UNAVAILABLE', 'UNREACHABLE']
const busyRetriesMax = 2

/** What some tools try again by themselves. */
function usualPolicy({ tool }: StepHead, backoff: Backoff): RetryPolicy {
  return tool.retriesBusy ? [{ retriesMax: busyRetriesMax, on: busy, except: [], backoff }] : []
}
