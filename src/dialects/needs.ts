// Which steps a step needs, and which of them must have succeeded: `needs` and `join`, which all languages spell alike.
import { didYouMean } from '../lib/did-you-mean.ts'
import { quote } from '../lib/quote.ts'
import type { StepIndex } from '../plan/expr.ts'
import type { Needs } from '../plan/plan.ts'
import { type Fields, toChoice, toItems, toText } from '../source/fields.ts'
import { type Node, textOf } from '../source/node.ts'
import type { Report } from '../source/report.ts'

type Step = { readonly fields: Fields; readonly index: StepIndex; readonly report: Report }

const joins: ReadonlyMap<string, Needs['join']> = new Map([
  ['all', 'all'],
  ['any', 'any'],
  ['done', 'done'],
])

export function needsOf({ fields, report, index }: Step, known: ReadonlyMap<string, StepIndex>): Needs | null {
  const entry = fields.get('needs')
  const join = fields.get('join')
  const written =
    entry === undefined ? [] : textOf(entry.value) === null ? toItems(entry.value, 'needs', report) : [entry.value]
  const steps = new Set<StepIndex>()
  for (const node of written ?? []) {
    const name = toText(node, 'the id of a step', report)
    const of = name === null ? undefined : known.get(name)
    if (name !== null && of === undefined) refuseUnknownStep(name, node, known, report)
    if (of === index)
      report.error('SELF_REFERENCE', node.span, `Cannot need step ${quote(name ?? '')} in itself`, null, 3002)
    else if (of !== undefined) steps.add(of)
  }
  if (steps.size > 0)
    return {
      steps: [...steps],
      join: (join === undefined ? null : toChoice(join.value, 'join', joins, report)) ?? 'all',
      ifBlocked: 'skip',
    }
  if (join !== undefined)
    report.warning('LOST_KEY', join.keySpan, 'Cannot use join without needs: it has no effect', 'Add needs: [step]')
  return null
}

const stepsListedMax = 10

/** A name that no step has. */
export function refuseUnknownStep(
  name: string,
  { span }: Pick<Node, 'span'>,
  known: ReadonlyMap<string, unknown>,
  report: Report,
): void {
  const hint = (): string => {
    const meant = didYouMean(name, known.keys())
    if (meant !== null) return `Did you mean ${quote(meant)}?`
    const ids = [...known.keys()].slice(0, stepsListedMax)
    return `Steps of this flow: ${ids.join(', ')}${known.size > ids.length ? ', …' : ''}`
  }
  report.error('UNDEFINED_STEP_REFERENCE', span, `Cannot find step ${quote(name)}`, hint, 3003)
}
