// A plan as a Mermaid flowchart: https://mermaid.js.org/syntax/flowchart.html
import { describe } from '../plan/describe.ts'
import { type Expr, type StepIndex, stepsReadBy } from '../plan/expr.ts'
import type { Plan, Step } from '../plan/plan.ts'
import { type Edge, edgesOf } from './plan-edges.ts'

/** Steps that can be skipped have a dashed border; thick arrows are explicit needs, dotted ones are order. */
export function drawMermaid(plan: Plan): string {
  const idOf = (step: StepIndex): string => plan.steps[step]?.id ?? ''
  const nodes = plan.steps.map((step, index) => `  s${index}${shapeOf(step, idOf)}`)
  const gated = plan.steps.flatMap((step, index) => (step.gate === null ? [] : `s${index}`))
  const edges = edgesOf(plan)
  const waiting = new Set(edges.map(({ to }) => to))
  const roots = plan.steps.flatMap((_, index) => (waiting.has(index) ? [] : `  input --> s${index}`))
  const outputs =
    plan.output === null ? [] : [...new Set(stepsReadBy(plan.output))].map((step) => `  s${step} --> output`)
  return [
    'flowchart TD',
    '  input([input])',
    ...nodes,
    ...(plan.output === null ? [] : ['  output([output])']),
    ...roots,
    ...edges.map(({ from, to, kind }) => `  s${from} ${ARROWS[kind]} s${to}`),
    ...outputs,
    ...(gated.length === 0 ? [] : ['  classDef gated stroke-dasharray: 5 5', `  class ${gated.join(',')} gated`]),
    '',
  ].join('\n')
}

const ARROWS: Readonly<Record<Edge['kind'], string>> = { reads: '-->', needs: '==>', after: '-.->' }

function shapeOf({ id, component, alias, gate, each }: Step, idOf: (step: StepIndex) => string): string {
  const lines = [id, alias ?? component]
  if (each !== null) lines.push(`for each of ${describe(each.items, idOf)}`)
  if (gate !== null) lines.push(`${gate.runsWhen ? 'if' : 'skip if'} ${conditionText(gate.expr, idOf)}`)
  const label = lines.map(escaped).join('<br/>')
  return each === null ? `["${label}"]` : `[["${label}"]]`
}

function conditionText(expr: Expr, idOf: (step: StepIndex) => string): string {
  const text = describe(expr, idOf)
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`
}

/** Without what Mermaid would read as its own. */
function escaped(text: string): string {
  return text.replaceAll(/[#"&<>`\\[\]{}()|;]/g, (character) => `#${character.charCodeAt(0)};`)
}
