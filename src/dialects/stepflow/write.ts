// A plan as a flow. References are of the generation whose steps all run, or of the other, as the plan says.
import { unreachable } from '../../lib/assert.ts'
import { isRecord, type Json, type JsonRecord } from '../../lib/json.ts'
import type { Expr, Path, Pick } from '../../plan/expr.ts'
import type { OnError, Plan, Step } from '../../plan/plan.ts'
import { pathIn } from '../pure-hole.ts'
import { commonKeys, given, type Lose, type Loss, type Written } from '../written.ts'
import { printPath } from './paths.ts'

type Writer = {
  readonly plan: Plan
  readonly lose: Lose
  readonly idOf: (step: number) => string
  /** Steps that have succeeded wherever the written step runs. */
  readonly sure: ReadonlySet<number>
}

export function writeFlow(plan: Plan): Written {
  const losses: Loss[] = []
  const idOf = (step: number): string => plan.steps[step]?.id ?? ''
  const writerOf = (step: string | null, sure: readonly number[]): Writer => ({
    plan,
    idOf,
    lose: (what) => losses.push({ step, what }),
    sure: new Set(sure),
  })
  const steps = plan.steps.map((step) =>
    writeStep(step, writerOf(step.id, step.needs?.join === 'all' ? step.needs.steps : [])),
  )
  const writer = writerOf(null, [])
  return {
    document: given({
      schemas: schemasOf(plan),
      steps,
      output: plan.output === null ? undefined : write(plan.output, writer),
    }),
    losses,
  }
}

/** A parameter that stands in for itself has its value as the default of the input's schema. */
function schemasOf({ params, variables, steps }: Plan): Json | undefined {
  const defaults = steps.flatMap(({ id, input }) => {
    const value = input.kind === 'record' ? input.entries.find(([key]) => key === 'value')?.[1] : undefined
    return value?.kind === 'input' && value.otherwise?.kind === 'literal' && value.otherwise.value !== null
      ? [[id, { default: value.otherwise.value }] as const]
      : []
  })
  const schema = isRecord(params.schema) ? params.schema : null
  const properties = isRecord(schema?.['properties']) ? schema['properties'] : {}
  const { required, ...others } = schema ?? {}
  const isAsking = Array.isArray(required) && required.length > 0
  const input =
    schema === null
      ? undefined
      : { ...others, ...(isAsking ? { required } : {}), properties: { ...properties, ...Object.fromEntries(defaults) } }
  if (input === undefined && variables.length === 0) return undefined
  const declared = variables.map(({ name, isSecret, default: value }) => [
    name,
    given({ is_secret: isSecret ? true : undefined, default: value }),
  ])
  return {
    type: 'object',
    properties: given({
      input,
      variables: declared.length === 0 ? undefined : { type: 'object', properties: Object.fromEntries(declared) },
    }),
  }
}

function writeStep(step: Step, writer: Writer): Json {
  const { lose, idOf } = writer
  const gate = step.gate ?? step.each?.gate ?? null
  return given({
    id: step.id,
    component: componentOf(step, writer),
    ...commonKeys(step, idOf, lose),
    ...(step.timeoutMs !== null && step.retry.length === 0 ? { retry: 0 } : {}), // it would be tried again by itself
    skipIf: gate === null ? undefined : skipIf(gate.expr, gate.runsWhen, writer),
    forEach: step.each === null ? undefined : write(step.each.items, writer),
    onError: onErrorOf(step.onError, writer),
    mustExecute: step.mustExecute ? true : undefined,
    input: write(step.input, writer),
  })
}

function componentOf({ component }: Step, { lose }: Writer): string {
  if (component.startsWith('/')) return component
  lose(`the name ${component}: paths begin with "/", so its component has to be at /${component}`)
  return `/${component}`
}

function onErrorOf(onError: OnError, writer: Writer): Json | undefined {
  if (onError.kind === 'fail') return undefined
  return onError.kind === 'skip'
    ? { action: 'skip' }
    : { action: 'continue', defaultValue: write(onError.output, writer) }
}

/** Only whether a value counts as true can be asked, so of comparisons only those with false can be said. */
function skipIf(expr: Expr, runsWhen: boolean, writer: Writer): Json | undefined {
  if (!runsWhen) return write(expr, writer)
  if (expr.kind === 'literal') return expr.value === false || expr.value === null
  const [, hole] =
    expr.kind === 'condition' ? (/^\s*(\{\{.*\}\})\s*==\s*(?:false|False)\s*$/.exec(expr.text) ?? []) : []
  if (expr.kind === 'condition' && hole !== undefined)
    return write({ kind: 'template', text: hole, reads: expr.reads, code: null }, writer)
  writer.lose(
    `its condition: ${expr.kind === 'condition' ? expr.text : 'a step cannot be asked to run only when something holds'}`,
  )
  return undefined
}

function at(path: Path | undefined): JsonRecord {
  return path === undefined || path.length === 0 ? {} : { path: printPath(path) }
}

function write(expr: Expr, writer: Writer): Json {
  const { idOf, lose } = writer
  const inner = (part: Expr): Json => write(part, writer)
  switch (expr.kind) {
    case 'literal':
      return needsLiteral(expr.value) ? { $literal: expr.value } : expr.value
    case 'list':
      return expr.items.map(inner)
    case 'record':
      return Object.fromEntries(expr.entries.map(([key, value]) => [key, inner(value)]))
    case 'list-of':
      if (expr.of.kind !== 'literal' && expr.of.kind !== 'list') lose('that its list may come as text')
      return inner(expr.of)
    case 'input':
      return { $from: { workflow: 'input' }, ...at(expr.at.paths[0]) }
    case 'output': {
      const skip = typeof expr.ifSkipped === 'string' ? expr.ifSkipped : inner(expr.ifSkipped)
      const onSkip =
        skip === 'skip' || writer.sure.has(expr.of)
          ? {}
          : { onSkip: { action: 'use_default', ...(skip === 'undefined' ? {} : { defaultValue: skip }) } }
      return { $from: { step: idOf(expr.of) }, ...at(expr.at.paths.at(-1)), ...onSkip }
    }
    case 'variable':
      return given({
        $variable: expr.name,
        ...at(expr.at.paths[0]),
        default: expr.otherwise === null ? undefined : inner(expr.otherwise),
      })
    case 'item':
      return { $item: printPath(expr.at.paths[0] ?? []) }
    case 'index':
      return { $index: true }
    case 'if':
      return { $if: inner(expr.condition), then: inner(expr.then), else: inner(expr.otherwise) }
    case 'coalesce':
      return { $coalesce: expr.members.map(inner) }
    case 'template': {
      const found = pathIn(expr)
      if (found !== null) return write(found, writer)
      lose(`a text with holes: ${expr.text}`)
      return expr.text
    }
    case 'condition':
    case 'loop':
    case 'state':
      lose(expr.kind === 'condition' ? `a condition: ${expr.text}` : 'a word about another step or about the loop')
      return null
    case 'pick':
      return writePick(expr, writer)
    default:
      return unreachable(expr)
  }
}

function writePick({ outputs, sinks }: Pick, { idOf, lose }: Writer): Json {
  const chosen = outputs[0] ?? sinks.at(-1)
  if (outputs.length > 1 || (outputs.length === 0 && sinks.length > 1))
    lose('that its result depends on which steps have run: the result of one of them is taken')
  return chosen === undefined ? null : { $from: { step: idOf(chosen) }, onSkip: { action: 'use_default' } }
}

/** Data that would read as an expression. */
function needsLiteral(value: Json): boolean {
  if (Array.isArray(value)) return value.some(needsLiteral)
  return isRecord(value) && Object.entries(value).some(([key, part]) => key.startsWith('$') || needsLiteral(part))
}
