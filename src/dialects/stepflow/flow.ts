// A flow becomes a plan. All problems are found in one go; there is a plan where none of them is an error.
import type { Expr, StepIndex } from '../../plan/expr.ts'
import type { Plan } from '../../plan/plan.ts'
import { type Fields, fieldsOf, toItems, toMapping, toText } from '../../source/fields.ts'
import type { Node } from '../../source/node.ts'
import { Report } from '../../source/report.ts'
import type { Compiled, CompileOptions, StepCall } from '../dialect.ts'
import { checkCycles } from '../cycles.ts'
import { checkCases } from './cases.ts'
import { demandOf, warnOfUndeclared, warnOfUnreachable } from './checks.ts'
import { builtinName } from './component-paths.ts'
import { compileExpr } from './expressions.ts'
import { readHeads, type StepHead } from './heads.ts'
import { literalFlowsOf } from './literal-flows.ts'
import { type Declared, readDeclared } from './schemas.ts'
import { inInput, type Marks, type Names } from './scope.ts'
import { flowShape } from './shapes.ts'
import { compileStep } from './steps.ts'

/** Compiles the flow at `root`, which was read from `file`. */
export function compileFlow(root: Node, file: string | null, options: CompileOptions): Compiled {
  const report = Report.of(file)
  const node = toMapping(root, 'a flow', report)
  const fields: Fields = node === null ? new Map() : fieldsOf(node, flowShape, report)
  if (node !== null && !fields.has('steps') && !fields.has('output'))
    report.warning(
      'EMPTY_FLOW',
      node.span,
      'Cannot find any steps in this flow',
      'Write steps: [{ id: name, component: /path }]',
    )
  const heads = readHeads(fields.get('steps'), report)
  const declared = readDeclared(fields, report)
  const plan = compilePlan(fields, declared, heads, options, report)
  checkFlow(fields, heads, options, report)
  const name = fields.get('name')
  return {
    name: name === undefined ? null : toText(name.value, 'the name of a flow', report),
    plan: report.hasErrors ? null : plan,
    problems: report.list(),
    requiredVariables: declared.required,
    calls: heads.map(callOf),
  }
}

function callOf({ id, component, fields, node }: StepHead): StepCall {
  return { id, component, alias: null, span: fields.get('component')?.value.span ?? node.span }
}

function compilePlan(
  fields: Fields,
  { input, variables }: Declared,
  heads: readonly StepHead[],
  options: CompileOptions,
  report: Report,
): Plan {
  const marks: Marks = { skipping: null, lazy: null, undeclared: null }
  const names: Names = {
    steps: new Map(heads.map(({ id, index }) => [id, index])),
    loadsFile: loadsFile(heads),
    variables,
    marks,
  }
  const steps = heads.map((head) => compileStep(head, names, options))
  const reads: StepIndex[] = []
  const output = outputOf(fields, names, reads, report)
  checkCycles(
    heads,
    steps.map(({ waitsFor }) => waitsFor),
    report,
  )
  warnOfUndeclared(marks, report)
  const { demand, verdict } = demandOf(output, steps, marks, report)
  // A broken reference would make more steps than those look as if nothing read them.
  if (demand === 'what-output-needs' && !report.hasErrors) warnOfUnreachable(heads, steps, reads, report)
  return {
    format: 1,
    steps: steps.map(({ step }) => step),
    params: { schema: input },
    variables: [...(variables?.values() ?? [])],
    output,
    demand,
    verdict,
  }
}

function outputOf(fields: Fields, names: Names, reads: StepIndex[], report: Report): Expr | null {
  const entry = fields.get('output')
  if (entry === undefined) return null
  return compileExpr(entry.value, { names, report, self: null, place: inInput, isInLoop: false, reads })
}

function loadsFile(heads: readonly StepHead[]): ReadonlySet<StepIndex> {
  return new Set(heads.filter(({ component }) => builtinName(component) === 'load_file').map(({ index }) => index))
}

/** What has no part in the plan: tests, examples, and flows that are data of this one. */
function checkFlow(fields: Fields, heads: readonly StepHead[], options: CompileOptions, report: Report): void {
  const examples = fields.get('examples')
  if (examples !== undefined) toItems(examples.value, 'examples', report)
  checkCases(fields.get('test')?.value ?? null, report)
  for (const head of heads)
    for (const flow of literalFlowsOf(head)) head.report.adopt(compileFlow(flow, report.file, options).problems)
}
