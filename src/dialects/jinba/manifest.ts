// A manifest becomes a plan. All problems are found in one go; there is a plan where none of them is an error.
import type { JsonRecord } from '../../lib/json.ts'
import type { Pick as PickOutput, StepIndex } from '../../plan/expr.ts'
import type { Plan, Variable } from '../../plan/plan.ts'
import { type Fields, fieldsOf, toItems, toMapping, toText } from '../../source/fields.ts'
import type { Node, Source } from '../../source/node.ts'
import { Report } from '../../source/report.ts'
import { checkCycles } from '../cycles.ts'
import type { Compiled, CompileOptions } from '../dialect.ts'
import { warnOfDeadMerges } from './dead-merges.ts'
import { readHeads, type StepHead } from './heads.ts'
import type { Names } from './scope.ts'
import { manifestShape } from './shapes.ts'
import { type CompiledStep, compileStep } from './steps.ts'
import { isInputTool, isOutputTool, takesJson } from './tools.ts'

/** Compiles the manifest at `root`: a list of steps, or a mapping that has one. */
export function compileManifest(root: Node, source: Source, options: CompileOptions): Compiled {
  const report = Report.of(source.file)
  const fields = root.kind === 'list' ? new Map() : fieldsOfManifest(root, report)
  const heads = readHeads(stepsOf(root, fields, report), report)
  const names: Names = {
    heads,
    steps: new Map(heads.map(({ id, index }) => [id, index])),
    dashed: new Set(heads.flatMap(({ id }) => (id.includes('-') ? [id] : []))),
    secrets: new Set(),
    inputs: new Set(heads.flatMap(({ id, tool }) => (isInputTool(tool) ? [id] : []))),
    source,
  }
  const steps = heads.map((head) => compileStep(head, names, options))
  checkCycles(
    heads,
    steps.map(({ waitsFor }) => waitsFor),
    report,
  )
  warnOfDeadMerges(heads, steps, report)
  const name = fields.get('name')
  return {
    name: name === undefined ? null : toText(name.value, 'the name of a manifest', report),
    plan: report.hasErrors ? null : planOf(heads, steps, names),
    problems: report.list(),
    requiredVariables: [...names.secrets],
    calls: heads.map(({ id, tool: { name: written, path }, toolNode }) => ({
      id,
      component: path,
      alias: written === path ? null : written,
      span: toolNode.span,
    })),
  }
}

function fieldsOfManifest(root: Node, report: Report): Fields {
  const node = toMapping(root, 'a manifest', report)
  return node === null ? new Map() : fieldsOf(node, manifestShape, report)
}

function stepsOf(root: Node, fields: Fields, report: Report): readonly Node[] {
  if (root.kind === 'list') return root.items
  const entry = fields.get('steps')
  if (entry !== undefined) return toItems(entry.value, 'steps', report) ?? []
  report.warning('EMPTY_FLOW', root.span, 'Cannot find any steps', 'Write steps: [{ id: name, tool: NAME }]')
  return []
}

function planOf(heads: readonly StepHead[], steps: readonly CompiledStep[], names: Names): Plan {
  return {
    format: 1,
    steps: steps.map(({ step }) => step),
    params: { schema: schemaOf(heads, steps), ...namedInputs(names), ...jsonTexts(heads) },
    variables: [...names.secrets].map(secretNamed),
    output: pickOf(heads, steps),
    demand: 'all-steps',
    verdict: 'any-unhandled-failure',
    namesErrors: true,
  }
}

function secretNamed(name: string): Variable {
  return { name, isSecret: true, envVar: null, schema: null }
}

/** What the tools that put out something gave; else what those gave that nobody waits for. */
function pickOf(heads: readonly StepHead[], steps: readonly CompiledStep[]): PickOutput {
  const awaited = new Set(steps.flatMap(({ waitsFor }) => waitsFor))
  const indices = (wanted: (head: StepHead) => boolean): readonly StepIndex[] =>
    heads.filter(wanted).map(({ index }) => index)
  return {
    kind: 'pick',
    outputs: indices(({ tool }) => isOutputTool(tool)),
    sinks: indices(({ index }) => !awaited.has(index)),
  }
}

/** The input tools are the parameters; one without a value of its own must be given. `null`: there are none. */
function schemaOf(heads: readonly StepHead[], steps: readonly CompiledStep[]): Plan['params']['schema'] {
  const inputs = heads.filter(({ tool }) => isInputTool(tool))
  if (inputs.length === 0) return null
  const isOptional = ({ index }: StepHead): boolean => steps[index]?.hasValue === true
  const properties: JsonRecord = Object.fromEntries(inputs.map((head) => [head.id, describe(head)]))
  return { type: 'object', properties, required: inputs.filter((head) => !isOptional(head)).map(({ id }) => id) }
}

/** The arguments that are read; where all of them are, none is unknown. */
function namedInputs({ inputs }: Names): Pick<Plan['params'], 'named'> {
  return inputs.has(null) ? {} : { named: [...inputs].filter((name) => name !== null) }
}

function jsonTexts(heads: readonly StepHead[]): Pick<Plan['params'], 'jsonTexts'> {
  const ids = heads.filter(({ tool }) => isInputTool(tool) && takesJson(tool)).map(({ id }) => id)
  return ids.length === 0 ? {} : { jsonTexts: ids }
}

/** Anything is taken: the tool itself says what fits it. */
function describe(head: StepHead): JsonRecord {
  const description = head.fields.get('description')?.value
  const text = description?.kind === 'scalar' && typeof description.value === 'string' ? description.value : null
  return text === null ? {} : { description: text }
}
