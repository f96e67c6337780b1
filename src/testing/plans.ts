// Plans for tests: written by hand with few words, or random from a seed, with everything a plan can say in them.
import type { Rng } from '../lib/rng.ts'
import { WHOLE, type Expr, type Lookup, type OutputRef, type StepIndex } from '../plan/expr.ts'
import type { Each, Gate, Needs, OnError, Plan, RetryBudget, Step } from '../plan/plan.ts'

/** A step that calls `/work` with no input, but for what is given. */
export function aStep(id: string, given: Partial<Step> = {}): Step {
  return {
    id,
    component: '/work',
    needs: null,
    after: [],
    gate: null,
    each: null,
    mustExecute: false,
    input: literal(null),
    onError: { kind: 'fail' },
    retry: [],
    timeoutMs: null,
    ...given,
  }
}

/** A plan of these steps that runs all of them. */
export function aPlan(steps: readonly Step[], given: Partial<Plan> = {}): Plan {
  return {
    format: 1,
    steps,
    params: { schema: null },
    variables: [],
    output: null,
    demand: 'all-steps',
    verdict: 'any-unhandled-failure',
    ...given,
  }
}

export function literal(value: null | boolean | number | string): Expr {
  return { kind: 'literal', value }
}

/** Reads the output of step number `of`. */
export function outputOf(of: number, given: Partial<OutputRef> = {}): OutputRef {
  return {
    kind: 'output',
    of: stepIndex(of),
    at: WHOLE,
    ifSkipped: 'skip',
    ifFailed: 'fail',
    nullHasAllPaths: true,
    ...given,
  }
}

function at(...path: (string | number)[]): Lookup {
  return { paths: [path], text: path.join('.') }
}

export function stepIndex(index: number): StepIndex {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests name steps by number
  return index as StepIndex
}

/** A record of expressions. */
export function record(entries: { readonly [key: string]: Expr }): Expr {
  return { kind: 'record', entries: Object.entries(entries) }
}

export const RETRY_ONCE: RetryBudget = {
  retriesMax: 1,
  on: null,
  except: [],
  backoff: { kind: 'fixed', delayMs: 10, delayMsMax: 10, factor: 1, jitter: 0 },
}

/** A random plan of at most `sizeMax` steps. Steps read only earlier ones of a random order, so there is no cycle. */
export function randomPlan(rng: Rng, sizeMax: number, mayFrame: boolean): Plan {
  const size = 1 + rng.below(sizeMax)
  const order = shuffled(rng, size)
  const steps: Step[] = Array.from({ length: size })
  order.forEach((index, rank) => {
    steps[index] = randomStep(rng, `s${index}`, order.slice(0, rank), mayFrame)
  })
  const onDemand = rng.chance(0.4)
  const output =
    !onDemand && rng.chance(0.2)
      ? randomPick(rng, order)
      : onDemand || rng.chance(0.5)
        ? randomExpr(rng, order, rng.pick([1, 2, 3]), false)
        : null
  return aPlan(steps, {
    output,
    demand: onDemand ? 'what-output-needs' : 'all-steps',
    verdict: onDemand || rng.chance(0.3) ? 'by-output' : 'any-unhandled-failure',
  })
}

function shuffled(rng: Rng, size: number): number[] {
  const order = Array.from({ length: size }, (_, index) => index)
  for (let index = size - 1; index > 0; index -= 1) {
    const other = rng.below(index + 1)
    const [a, b] = [order[index] ?? 0, order[other] ?? 0]
    order[index] = b
    order[other] = a
  }
  return order
}

function randomStep(rng: Rng, id: string, earlier: readonly number[], mayFrame: boolean): Step {
  const needs = earlier.length > 0 && rng.chance(0.25) ? randomNeeds(rng, earlier) : null
  const each = rng.chance(0.25) ? randomEach(rng, earlier) : null
  const onError = randomOnError(rng, earlier)
  const after = [
    ...(rng.chance(0.1) ? some(rng, earlier) : []),
    ...(onError.kind === 'substitute' && onError.output.kind === 'output' ? [onError.output.of] : []),
  ]
  return aStep(id, {
    component: mayFrame && rng.chance(0.2) ? '/frames' : '/work',
    needs,
    after: [...new Set(after)].map(stepIndex),
    gate: rng.chance(0.25) ? randomGate(rng, earlier, false) : null,
    each,
    mustExecute: rng.chance(0.15),
    input: randomExpr(rng, earlier, rng.pick([1, 2, 3]), each !== null),
    onError,
    retry: rng.chance(0.4)
      ? [{ ...RETRY_ONCE, retriesMax: 1 + rng.below(2), on: rng.chance(0.5) ? ['BUSY'] : null }]
      : [],
  })
}

function randomNeeds(rng: Rng, earlier: readonly number[]): Needs {
  return {
    steps: some(rng, earlier).map(stepIndex),
    join: rng.pick(['all', 'any', 'done']),
    ifBlocked: rng.pick(['skip', 'skip', 'fail']),
  }
}

function randomEach(rng: Rng, earlier: readonly number[]): Each {
  const list: Expr = { kind: 'literal', value: Array.from({ length: rng.below(6) }, (_, index) => index % 3) }
  const items: Expr =
    earlier.length > 0 && rng.chance(0.3)
      ? { kind: 'coalesce', members: [outputOf(rng.pick(earlier), { at: at('list') }), list] }
      : list
  return { items, gate: rng.chance(0.3) ? randomGate(rng, earlier, true) : null, parallelMax: 1 + rng.below(3) }
}

function randomGate(rng: Rng, earlier: readonly number[], hasItem: boolean): Gate {
  return {
    expr: randomExpr(rng, earlier, 1, hasItem),
    runsWhen: rng.chance(0.5),
    ifBroken: rng.pick(['fail', 'skip']),
    truthiness: rng.pick(['some', 'filled']),
  }
}

function randomOnError(rng: Rng, earlier: readonly number[]): OnError {
  const kind = rng.pick(['fail', 'fail', 'skip', 'substitute'] as const)
  if (kind !== 'substitute') return { kind }
  return {
    kind,
    output:
      earlier.length > 0 && rng.chance(0.5)
        ? outputOf(rng.pick(earlier), { ifSkipped: literal(null), at: rng.chance(0.3) ? at('n') : WHOLE })
        : literal('instead'),
  }
}

function randomExpr(rng: Rng, earlier: readonly number[], depth: number, hasItem: boolean): Expr {
  const kinds = [
    'literal',
    ...(earlier.length > 0 ? ['output', 'output', 'output', 'state'] : []),
    ...(hasItem ? ['item', 'index', 'loop'] : []),
    ...(depth > 0 ? ['list', 'list-of', 'record', 'if', 'coalesce'] : []),
    'input',
  ]
  const inner = (): Expr => randomExpr(rng, earlier, depth - 1, hasItem)
  switch (rng.pick(kinds)) {
    case 'output':
      return randomRef(rng, earlier, depth)
    case 'item':
      return { kind: 'item', at: WHOLE }
    case 'index':
      return { kind: 'index' }
    case 'loop':
      return { kind: 'loop' }
    case 'state':
      return { kind: 'state', of: stepIndex(rng.pick(earlier)), field: rng.pick(['status', 'error']) }
    case 'list-of':
      return { kind: 'list-of', of: inner() }
    case 'list':
      return { kind: 'list', items: [inner(), inner()] }
    case 'record':
      return record({ p: inner(), q: inner() })
    case 'if':
      return {
        kind: 'if',
        condition: inner(),
        then: inner(),
        otherwise: inner(),
        truthiness: rng.pick(['some', 'filled']),
      }
    case 'coalesce':
      return { kind: 'coalesce', members: [inner(), inner()] }
    case 'input':
      return { kind: 'input', at: rng.chance(0.1) ? at('absent') : WHOLE }
    default:
      return literal(rng.pick([null, false, true, 0, 1, 'text']))
  }
}

function randomPick(rng: Rng, from: readonly number[]): Expr {
  return { kind: 'pick', outputs: some(rng, from).map(stepIndex), sinks: some(rng, from).map(stepIndex) }
}

function randomRef(rng: Rng, earlier: readonly number[], depth: number): OutputRef {
  const fallback = depth > 0 && rng.chance(0.5) ? outputOf(rng.pick(earlier)) : literal('fallback')
  return outputOf(rng.pick(earlier), {
    at: rng.chance(0.4) ? at('n') : WHOLE,
    ifSkipped: rng.pick<OutputRef['ifSkipped']>(['skip', 'skip', 'undefined', fallback]),
    ifFailed: rng.pick(['fail', 'fail', 'undefined']),
  })
}

function some(rng: Rng, from: readonly number[]): readonly number[] {
  return from.filter(() => rng.chance(0.4)).slice(0, 3)
}
