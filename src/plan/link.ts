// A plan made ready to run: closures for expressions, integers for everything that is counted.
// A program is cached by its plan's id and never stored: a run that waited half a year is linked again from its plan.
import { describe, isRead } from './describe.ts'
import type { Evaluate } from './env.ts'
import { compile } from './evaluate.ts'
import type { Names, Texts } from './names.ts'
import { directReads, everyPart, partsOf, stepsReadBy, type Expr, type StepIndex } from './expr.ts'
import type { Value } from './leaf.ts'
import type { Each, Gate, Needs, OnError, Plan, RetryPolicy, Step } from './plan.ts'

export type Program = {
  readonly id: string
  readonly plan: Plan
  readonly size: number
  readonly steps: readonly LinkedStep[]
  /** How many other steps must end before each step is looked at. */
  readonly waits: Int32Array
  /** The steps that wait so for step i: `dependents[dependentsAt[i]] … dependents[dependentsAt[i + 1] - 1]`. */
  readonly dependentsAt: Int32Array
  readonly dependents: Int32Array
  /** What each step waits for so; walked only where steps run on demand. */
  readonly requires: readonly (readonly number[])[]
  readonly onDemand: boolean
  readonly output: Question
  readonly anyFailureFails: boolean
  readonly must: readonly number[]
  /** Whether a run of it can show what is worth a note: a condition that breaks and skips, or a name in a template. */
  readonly mayNote: boolean
}

/** An expression, with the parts that are asked and counted on their own while it is pending. */
export type Question = {
  readonly whole: Evaluate
  /** What it reads in any case, then each outermost lazy part. */
  readonly units: readonly Evaluate[]
}

export type LinkedStep = {
  readonly index: StepIndex
  readonly id: string
  readonly component: string
  readonly alias: string | null
  readonly needs: Needs | null
  readonly gate: LinkedGate | null
  readonly each: LinkedEach | null
  readonly input: Question
  readonly onError: OnError['kind']
  readonly substitute: Evaluate | null
  readonly retry: RetryPolicy
  readonly timeoutMs: number | null
}
export type LinkedGate = {
  readonly question: Question
  readonly runsWhen: boolean
  readonly ifBroken: Gate['ifBroken']
  readonly truthiness: Gate['truthiness']
  /** What the condition reads, for people who ask why; `null`: it tells that itself when it is asked. */
  readonly operands: readonly Operand[] | null
}
export type Operand = { readonly name: string; readonly evaluate: Evaluate }
export type LinkedEach = {
  readonly items: Question
  readonly gate: LinkedGate | null
  readonly parallelMax: number
  /** All steps that a lane may read. A loop that has started demands them, whichever of its lanes come to run. */
  readonly reads: readonly StepIndex[]
}

/** Lanes of a loop that names no number. */
export const LANES_DEFAULT = 10

export type LinkOptions = {
  /** Lanes at once of a loop that names no number, by its component. */
  readonly lanesOf?: (component: string) => number
  /** Needed for plans with templates or conditions. */
  readonly texts?: () => Texts
}

/** Links a plan that passed `checkPlan`. */
export function link(
  id: string,
  plan: Plan,
  { lanesOf = () => LANES_DEFAULT, texts = noTexts }: LinkOptions = {},
): Program {
  const names: Names = {
    stepId: (step) => plan.steps[step]?.id ?? '',
    variableDefault: defaultsOf(plan),
    shared: sharing(),
    texts,
  }
  const requires = plan.steps.map(firstAskedAfter)
  return {
    id,
    plan,
    size: plan.steps.length,
    steps: plan.steps.map((step, index) => linkStep(step, index, names, lanesOf)),
    waits: Int32Array.from(requires, (sources) => sources.length),
    ...invert(requires),
    requires,
    onDemand: plan.demand === 'what-output-needs',
    output: linkQuestion(plan.output ?? { kind: 'literal', value: null }, names),
    anyFailureFails: plan.verdict === 'any-unhandled-failure',
    must: plan.steps.flatMap((step, index) => (step.mustExecute ? [index] : [])),
    mayNote: plan.steps.some(mayNote),
  }
}

function noTexts(): never {
  throw new Error('This plan has templates, and nothing was given that compiles them')
}

function mayNote({ gate, each, input }: Step): boolean {
  if (gate?.ifBroken === 'skip' || each?.gate?.ifBroken === 'skip') return true
  return everyPart(input).some(({ kind }) => kind === 'template')
}

function defaultsOf(plan: Plan): (name: string) => Value | undefined {
  const defaults = new Map(plan.variables.map((variable) => [variable.name, variable.default]))
  return (name) => defaults.get(name)
}

function sharing(): Names['shared'] {
  const parts = new Map<string, unknown>()
  return <Part>(kind: string, text: string, make: () => Part): Part => {
    const key = `${kind} ${text}`
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one kind has parts of one type
    const known = parts.get(key) as Part | undefined
    if (known !== undefined) return known
    const made = make()
    parts.set(key, made)
    return made
  }
}

function linkStep(step: Step, index: number, names: Names, lanesOf: (component: string) => number): LinkedStep {
  const { id, component, alias = null, needs, gate, each, input, onError, retry, timeoutMs } = step
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where a position becomes a step's index
    index: index as StepIndex,
    id,
    component: names.shared('component', component, () => component),
    alias,
    needs,
    gate: gate === null ? null : linkGate(gate, names),
    each: each === null ? null : linkEach(each, step, names, lanesOf(component)),
    input: linkQuestion(input, names),
    onError: onError.kind,
    substitute: onError.kind === 'substitute' ? compile(onError.output, names) : null,
    retry,
    timeoutMs,
  }
}

function linkEach({ items, gate, parallelMax }: Each, step: Step, names: Names, lanesDefault: number): LinkedEach {
  return {
    items: linkQuestion(items, names),
    gate: gate === null ? null : linkGate(gate, names),
    parallelMax: parallelMax ?? lanesDefault,
    reads: [...new Set([...stepsReadBy(step.input), ...(gate === null ? [] : stepsReadBy(gate.expr))])],
  }
}

function linkGate(gate: Gate, names: Names): LinkedGate {
  const { expr, runsWhen, ifBroken, truthiness } = gate
  return {
    question: linkQuestion(expr, names),
    runsWhen,
    ifBroken,
    truthiness,
    operands: expr.kind === 'condition' ? null : operandsOf(expr, names),
  }
}

/** Reads that a condition's explanation shows. */
const OPERANDS_MAX = 8

function operandsOf(expr: Expr, names: Names): readonly Operand[] {
  const reads = new Map<string, Expr>()
  for (const part of everyPart(expr))
    if (reads.size < OPERANDS_MAX && isRead(part)) reads.set(describe(part, names.stepId), part)
  return [...reads].map(([name, part]) => ({ name, evaluate: compile(part, names) }))
}

function linkQuestion(expr: Expr, names: Names): Question {
  const { eager, lazy } = splitLazy(expr)
  const whole = compile(expr, names)
  if (lazy.length === 0) return { whole, units: [whole] }
  return { whole, units: [compile({ kind: 'list', items: eager }, names), ...lazy.map((part) => compile(part, names))] }
}

/**
 * What must have ended before a step is looked at first: its needs and `after`, and what its first question reads in any case.
 * A step with `needs` asks nothing before those have decided; a question with a lazy part is counted while it is asked.
 */
function firstAskedAfter(step: Step): readonly number[] {
  const sources = new Set<number>([...(step.needs?.steps ?? []), ...step.after])
  if (step.needs === null) {
    const { eager, lazy } = splitLazy(step.gate?.expr ?? step.each?.items ?? step.input)
    if (lazy.length === 0) for (const read of eager) for (const source of directReads(read)) sources.add(source)
  }
  return [...sources]
}

/** The references that are read in any case, and the outermost parts of which some may never be read. */
function splitLazy(expr: Expr): { eager: readonly Expr[]; lazy: readonly Expr[] } {
  const eager: Expr[] = []
  const lazy: Expr[] = []
  const open: Expr[] = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (isLazy(next)) lazy.push(next)
    else {
      if (directReads(next).length > 0) eager.push(next)
      for (const part of partsOf(next).toReversed()) open.push(part)
    }
  }
  return { eager, lazy }
}

function isLazy(expr: Expr): boolean {
  if (expr.kind === 'if' || expr.kind === 'coalesce') return stepsReadBy(expr).length > 0
  return (
    (expr.kind === 'output' || expr.kind === 'variable' || expr.kind === 'input') &&
    partsOf(expr).some((part) => stepsReadBy(part).length > 0)
  )
}

function invert(requires: readonly (readonly number[])[]): { dependentsAt: Int32Array; dependents: Int32Array } {
  const dependentsAt = new Int32Array(requires.length + 1)
  for (const sources of requires)
    for (const source of sources) dependentsAt[source + 1] = (dependentsAt[source + 1] ?? 0) + 1
  for (let at = 1; at < dependentsAt.length; at += 1)
    dependentsAt[at] = (dependentsAt[at] ?? 0) + (dependentsAt[at - 1] ?? 0)
  const dependents = new Int32Array(dependentsAt.at(-1) ?? 0)
  const next = dependentsAt.slice()
  requires.forEach((sources, index) => {
    for (const source of sources) {
      const place = next[source] ?? 0
      dependents[place] = index
      next[source] = place + 1
    }
  })
  return { dependentsAt, dependents }
}
