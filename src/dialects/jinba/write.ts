// A plan as a manifest. All steps of a manifest run, and references become holes.
import { unreachable } from '../../lib/assert.ts'
import { isRecord, type Json } from '../../lib/json.ts'
import type { Expr, OutputRef, Path } from '../../plan/expr.ts'
import type { OnError, Plan, Step } from '../../plan/plan.ts'
import { commonKeys, given, type Lose, type Loss, type Written } from '../written.ts'

type Writer = { readonly lose: Lose; readonly idOf: (step: number) => string; readonly needed: Set<number> }

export function writeManifest(plan: Plan): Written {
  const losses: Loss[] = []
  const idOf = (step: number): string => plan.steps[step]?.id ?? ''
  const writerOf = (step: string | null): Writer => ({
    idOf,
    lose: (what) => losses.push({ step, what }),
    needed: new Set(),
  })
  const whole = writerOf(null)
  if (plan.demand === 'what-output-needs')
    whole.lose('that only the steps run which the output needs: all of them do here')
  if (plan.verdict === 'by-output')
    whole.lose('that a failure which the output does not read is none: any makes the run fail here')
  for (const { name, isSecret } of plan.variables)
    if (!isSecret) whole.lose(`the variable ${name}: give it as an argument`)
  const steps = plan.steps.map((step) => writeStep(step, writerOf(step.id)))
  return {
    document: { steps: plan.output === null ? steps : [...steps, ...resultStep(plan, plan.output, whole)] },
    losses,
  }
}

/** The output is a step of its own, unless it is what the plan's own output steps gave. */
function resultStep(plan: Plan, output: Expr, writer: Writer): readonly Json[] {
  if (output.kind === 'pick') return []
  const taken = new Set(plan.steps.map(({ id }) => id))
  const id = ['result', 'flow_result', 'the_result'].find((name) => !taken.has(name)) ?? 'result_of_the_flow'
  const value = write(output, writer)
  return [given({ id, tool: 'OUTPUT_JSON', needs: needsOf([], writer), input: [{ name: 'value', value }] })]
}

function writeStep(step: Step, writer: Writer): Json {
  const { lose, idOf, needed } = writer
  const gate = step.gate ?? step.each?.gate ?? null
  const when = gate === null ? undefined : whenOf(gate.expr, gate.runsWhen, writer)
  const input = inputOf(step.input, writer)
  const forEach = step.each === null ? undefined : write(step.each.items, writer)
  const common = commonKeys(step, idOf, lose)
  if (step.needs !== null && step.needs.join !== 'all') needed.clear()
  return given({
    id: step.id,
    tool: step.alias ?? step.component,
    ...common,
    needs: needsOf(step.needs?.steps ?? [], writer),
    when,
    forEach,
    onError: onErrorOf(step.onError, writer),
    input,
  })
}

/** What a reference waits for, and is skipped with, is a need here. */
function needsOf(own: readonly number[], { needed, idOf }: Writer): Json | undefined {
  const all = [...new Set([...own, ...needed])].map(idOf)
  return all.length === 0 ? undefined : all
}

function inputOf(input: Expr, writer: Writer): Json | undefined {
  if (input.kind === 'literal' && !isRecord(input.value)) {
    if (input.value !== null) writer.lose('an input that is no mapping')
    return undefined
  }
  const entries =
    input.kind === 'record' ? input.entries : input.kind === 'literal' ? literalEntries(input.value) : null
  if (entries !== null) return entries.map(([name, value]) => ({ name, value: write(value, writer) }))
  writer.lose('an input that is one reference as a whole: give its fields one by one')
  return undefined
}

function literalEntries(value: Json): readonly (readonly [string, Expr])[] {
  return isRecord(value) ? Object.entries(value).map(([name, part]) => [name, { kind: 'literal', value: part }]) : []
}

function onErrorOf(onError: OnError, writer: Writer): Json | undefined {
  if (onError.kind === 'fail') return undefined
  if (onError.kind === 'skip') return 'skip'
  const output = write(onError.output, writer)
  return output === null ? 'continue' : { action: 'continue', default: output }
}

function whenOf(expr: Expr, runsWhen: boolean, writer: Writer): Json | undefined {
  if (expr.kind === 'condition') return expr.text
  if (expr.kind === 'literal') return (expr.value !== null && expr.value !== false) === runsWhen
  const text = holeOf(expr, writer)
  if (text === null) {
    writer.lose('its condition')
    return undefined
  }
  return runsWhen ? `{{ ${text} }}` : `not {{ ${text} }}`
}

function write(expr: Expr, writer: Writer): Json {
  switch (expr.kind) {
    case 'literal':
      return escaped(expr.value)
    case 'list':
      return expr.items.map((item) => write(item, writer))
    case 'list-of':
      return write(expr.of, writer)
    case 'record':
      return Object.fromEntries(expr.entries.map(([key, value]) => [key, write(value, writer)]))
    case 'template':
    case 'condition':
      return expr.text
    case 'input':
    case 'output':
    case 'variable':
    case 'item':
    case 'index':
    case 'loop':
    case 'state':
    case 'if':
    case 'coalesce':
    case 'pick':
      return hole(expr, writer)
    default:
      return unreachable(expr)
  }
}

function hole(expr: Expr, writer: Writer): Json {
  const text = holeOf(expr, writer)
  if (text !== null) return `{{ ${text} }}`
  writer.lose('an expression that templates cannot say')
  return null
}

/** What stands in a hole; `null` where it cannot be said there. */
function holeOf(expr: Expr, writer: Writer): string | null {
  const inner = (part: Expr): string | null => holeOf(part, writer)
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'object' && expr.value !== null ? null : JSON.stringify(expr.value)
    case 'input':
      return `inputs${print(expr.at.paths.at(-1))}`
    case 'output':
      return outputOf(expr, writer)
    case 'variable':
      return `secrets.${expr.name}${print(expr.at.paths.at(-1))}`
    case 'item':
      return `item${print(expr.at.paths.at(-1))}`
    case 'index':
      return 'index'
    case 'loop':
      return 'loop'
    case 'state':
      return `steps.${writer.idOf(expr.of)}.${expr.field}`
    case 'if': {
      const parts = [expr.then, expr.condition, expr.otherwise].map(inner)
      if (parts.includes(null)) return null
      writer.lose('that the branch which is not taken does not run')
      return `${parts[0]} if ${parts[1]} else ${parts[2]}`
    }
    case 'list':
    case 'list-of':
    case 'record':
    case 'template':
    case 'condition':
    case 'coalesce':
    case 'pick':
      return null
    default:
      return unreachable(expr)
  }
}

function outputOf(ref: OutputRef, writer: Writer): string | null {
  const { of, at, ifSkipped } = ref
  const text = `steps.${writer.idOf(of)}.result${print(at.paths.at(-1))}`
  if (ifSkipped === 'skip') {
    writer.needed.add(of)
    return text
  }
  if (ifSkipped === 'undefined') return text
  const fallback = holeOf(ifSkipped, writer)
  return fallback === null ? null : fallback === 'null' ? text : `${text} | default(${fallback})`
}

function print(path: Path | undefined): string {
  return (path ?? [])
    .map((part) =>
      typeof part === 'number' ? `[${part}]` : /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join('')
}

/** Text that would read as a template. */
function escaped(value: Json): Json {
  if (typeof value === 'string') return /\{[{%#]/.test(value) ? `{% raw %}${value}{% endraw %}` : value
  if (Array.isArray(value)) return value.map(escaped)
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, escaped(part)])) : value
}
