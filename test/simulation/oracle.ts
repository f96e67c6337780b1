// The oracle: what becomes of a run, told from its plan and the scripts alone, step by step as each is asked for.
// It is written to be obviously right: no events, no order, no time, no crash. What only those decide, it says it cannot know:
// which of several items of a loop failed first. What became of an at-most-once call that a crash cut off is told to it, and which
// attempts waited too long for flows inside the run (`Tell`).
import type { FrameOutcome } from '../../src/components/component.ts'
import type { Json } from '../../src/lib/json.ts'
import { stepsReadBy, type Expr } from '../../src/plan/expr.ts'
import type { Each, Gate, Needs, Plan, Step } from '../../src/plan/plan.ts'
import type { Texts } from '../../src/plan/names.ts'
import {
  known,
  ONE_OF_SEVERAL,
  Undetermined,
  type Ended,
  type ExpectedOutcome,
  type Reason,
  type Why,
} from './expected.ts'
import { inheritedFailure, isTrue, say, type Place } from './oracle-expressions.ts'
import { scriptOf, type Script } from './script.ts'

export type World = {
  readonly seed: number
  readonly texts: Texts
  /** What a component of this path or name is. */
  readonly kindOf: (component: string) => string
  readonly isAtMostOnce: (component: string) => boolean
  /** The plan of the frames that this step asks for. */
  readonly innerPlan: (step: string) => Plan
}

/** What the world, or somebody in it, decided about a call: it is lost for good, or taken for done. `null`: nothing. */
export type Told = { readonly kind: 'lost' } | { readonly kind: 'done'; readonly output: Json } | null

/** What an oracle cannot know. */
export type Tell = {
  readonly call: (step: number, item: number | null) => Told
  /** Whether an attempt, after so many failures, was over its time limit; `null` where it asks for no flows. */
  readonly isOvertime: (step: number, item: number | null, failures: number) => boolean | null
}

const NOTHING: Tell = { call: () => null, isOvertime: () => null }

/** What is asked of a run after its end. */
export type Expected = {
  /** `null` where nothing asks for the step. Throws `Undetermined`. */
  readonly step: (index: number) => Ended | null
  readonly outcome: () => ExpectedOutcome
}

export function expect(plan: Plan, input: Json, world: World, tell: Tell): Expected {
  const run = new Interpreter(plan, input, world, tell)
  let outcome: (() => ExpectedOutcome) | null = null
  const settle = (): (() => ExpectedOutcome) => (outcome ??= attempt(() => run.outcome()))
  return {
    outcome: () => settle()(),
    step(index) {
      settle()
      return run.endOf(index)
    },
  }
}

/** Its value, or what it threw, as often as that is asked for. */
function attempt<T>(make: () => T, onUndetermined: () => void = () => undefined): () => T {
  try {
    const made = make()
    return () => made
  } catch (error) {
    if (!(error instanceof Undetermined)) throw error
    onUndetermined()
    return () => {
      throw error
    }
  }
}

class Interpreter {
  readonly #plan: Plan
  readonly #world: World
  readonly #tell: Tell
  readonly #place: Place
  readonly #ends = new Map<number, () => Ended>()
  /** Something could not be told, and with it what else would have been asked for. */
  #isVague = false

  constructor(plan: Plan, input: Json, world: World, tell: Tell) {
    this.#plan = plan
    this.#world = world
    this.#tell = tell
    const idOf = (step: number): string => this.#at(step).id
    this.#place = { input, idOf, ended: (step) => this.#ended(step), texts: world.texts }
  }

  outcome(): ExpectedOutcome {
    const { steps, demand, output } = this.#plan
    const said = this.#attempt(() =>
      output === null ? ({ kind: 'value', value: null } as const) : say(output, this.#place),
    )
    steps.forEach(({ mustExecute }, step) => {
      if (demand === 'all-steps' || mustExecute) this.#attempt(() => this.#ended(step))
    })
    const failure = this.#deciding()
    if (failure !== null) return this.#failed(failure.why, failure.step)
    const result = said()
    if (result.kind === 'value') return { outcome: 'success', result: result.value ?? null }
    return result.kind === 'skipped' ? { outcome: 'skipped' } : this.#failed(result.why, null)
  }

  /** How a step ended; `null` where nothing asked for it. */
  endOf(step: number): Ended | null {
    const end = this.#ends.get(step)
    if (end === undefined && this.#isVague) throw new Undetermined('whether anything asks for the step')
    return end?.() ?? null
  }

  #attempt<T>(make: () => T): () => T {
    return attempt(make, () => {
      this.#isVague = true
    })
  }

  /** The first failure in the file that decides whatever the output says. */
  #deciding(): { why: Reason; step: number } | null {
    const { steps, verdict } = this.#plan
    const ends = [...steps.keys()].map((step) => ({ step, end: this.endOf(step) }))
    if (verdict === 'any-unhandled-failure')
      for (const { step, end } of ends)
        if (end?.status === 'failed' && known(end.why)?.kind !== 'dependency-failed') return { why: end.why, step }
    for (const { step, end } of ends)
      if (end?.status === 'failed' && this.#at(step).mustExecute) return { why: end.why, step }
    return null
  }

  #failed(why: Reason, step: number | null): ExpectedOutcome {
    const cause = known(why)
    return { outcome: 'failed', code: cause?.code ?? 'ORCHESTRATOR_ERROR', step: cause?.origin ?? step }
  }

  #at(step: number): Step {
    const at = this.#plan.steps[step]
    if (at === undefined) throw new RangeError(`There is no step ${step}`)
    return at
  }

  #ended(step: number): Ended {
    let end = this.#ends.get(step)
    if (end === undefined) {
      end = this.#attempt(() => this.#run(step))
      this.#ends.set(step, end)
    }
    return end()
  }

  #run(step: number): Ended {
    const at = this.#at(step)
    const sources = [...(at.needs?.steps ?? []), ...at.after].map((source) => this.#attempt(() => this.#ended(source)))
    sources.forEach((end) => end())
    const blocked = this.#blocked(at.needs)
    if (blocked !== null) return blocked
    const closed = at.gate === null ? null : this.#askGate(at.gate, this.#place)
    if (closed !== null) return closed
    return at.each === null ? this.#work(step, this.#place) : this.#loop(step, at.each)
  }

  #blocked(needs: Needs | null): Ended | null {
    if (needs === null || needs.join === 'done' || needs.steps.length === 0) return null
    const blocking = needs.steps.filter((step) => this.#ended(step).status !== 'success')
    const isBlocked = needs.join === 'all' ? blocking.length > 0 : blocking.length === needs.steps.length
    if (!isBlocked) return null
    const first = blocking.find((step) => this.#ended(step).status === 'failed') ?? blocking[0] ?? 0
    const source = this.#ended(first)
    const status = needs.ifBlocked === 'fail' ? 'failed' : 'skipped'
    if (source.status === 'failed') return { status, why: inheritedFailure(source, first) }
    return { status, why: { kind: 'dependency-skipped', code: null, origin: known(source.why)?.origin ?? first } }
  }

  /** How the gate ends the step; `null` where it is open. */
  #askGate({ expr, truthiness, runsWhen, ifBroken }: Gate, place: Place): Ended | null {
    const said = say(expr, place)
    if (said.kind === 'value') {
      if (isTrue(said.value, truthiness) === runsWhen) return null
      return { status: 'skipped', why: { kind: 'condition-false', code: null, origin: null } }
    }
    if (said.kind === 'skipped') return { status: 'skipped', why: said.why }
    const status = ifBroken === 'fail' ? 'failed' : 'skipped'
    return {
      status,
      why: { kind: 'condition-broken', code: known(said.why)?.code ?? 'EXPRESSION_FAILURE', origin: null },
    }
  }

  #loop(step: number, each: Each): Ended {
    const said = say(each.items, this.#place)
    if (said.kind !== 'value') return { status: said.kind, why: said.why }
    if (!Array.isArray(said.value)) {
      const why: Why = { kind: 'input-failed', code: 'FOREACH_NOT_ARRAY', origin: null }
      return { status: 'failed', why }
    }
    const list: readonly Json[] = said.value
    for (const source of this.#readInLoop(step, each)) this.#attempt(() => this.#ended(source))
    const items = list.map((item, index) =>
      this.#attempt(() => this.#item(step, each, { ...this.#place, item, index, count: list.length })),
    )
    return collected(items.map((end) => end()))
  }

  #readInLoop(step: number, { gate }: Each): readonly number[] {
    const exprs: readonly Expr[] = [this.#at(step).input, ...(gate === null ? [] : [gate.expr])]
    return exprs.flatMap(stepsReadBy)
  }

  #item(step: number, { gate }: Each, place: Place): Ended {
    return (gate === null ? null : this.#askGate(gate, place)) ?? this.#work(step, place)
  }

  /** What comes of calling the component of a step, or of an item of it, with what the step's policies make of failures. */
  #work(step: number, place: Place): Ended {
    const at = this.#at(step)
    const said = say(at.input, place)
    if (said.kind !== 'value') return { status: said.kind, why: said.why }
    const item = place.index ?? null
    const told = this.#tell.call(step, item)
    if (told?.kind === 'lost') return this.#failedForGood(at, place, 'lost', 'OUTCOME_UNKNOWN')
    if (told?.kind === 'done') return { status: 'success', output: told.output, why: null }
    const spent = at.retry.map(() => 0)
    for (let failures = 0; ; failures += 1) {
      const isOvertime = this.#tell.isOvertime(step, item, failures)
      const answer = isOvertime === true ? OVERTIME : this.#call(at, item, said.value ?? null, failures)
      const isLate = answer.kind === 'slow' && at.timeoutMs !== null && isOvertime !== false
      if (answer.kind === 'skip')
        return { status: 'skipped', why: { kind: 'component-skipped', code: null, origin: null } }
      if (!isLate && answer.kind !== 'fail') return { status: 'success', output: outputOf(answer), why: null }
      const code = answer.kind === 'fail' ? answer.code : 'TIMEOUT'
      const mayRetry = !isLate || !this.#world.isAtMostOnce(at.component)
      const paying = at.retry.findIndex(({ on, except }) => (on?.includes(code) ?? true) && !except.includes(code))
      const budget = at.retry[paying]
      if (!mayRetry || budget === undefined || (spent[paying] ?? 0) >= budget.retriesMax)
        return this.#failedForGood(at, place, isLate ? 'timed-out' : 'component-failed', code)
      spent[paying] = (spent[paying] ?? 0) + 1
    }
  }

  #call({ id, component }: Step, item: number | null, input: Json, failures: number): Script {
    let results: readonly FrameOutcome[] = []
    for (let round = 1; ; round += 1) {
      const { seed, kindOf } = this.#world
      const script = scriptOf(seed, { component: kindOf(component), step: id, item, input, round, results, failures })
      if (script.kind !== 'frames') return script
      results = script.inputs.map((given) => this.#frame(this.#world.innerPlan(id), given))
    }
  }

  #frame(plan: Plan, input: Json): FrameOutcome {
    const inner = new Interpreter(plan, input, this.#world, NOTHING).outcome()
    if (inner.outcome === 'success') return inner
    return inner.outcome === 'failed' ? { outcome: 'failed', error: { code: inner.code, message: '' } } : inner
  }

  #failedForGood({ onError }: Step, place: Place, kind: Why['kind'], code: string): Ended {
    const why: Why = { kind, code, origin: null }
    if (onError.kind === 'skip') return { status: 'skipped', why: { ...why, kind: 'error-skipped' } }
    if (onError.kind === 'fail') return { status: 'failed', why }
    const said = say(onError.output, place)
    if (said.kind === 'failed') return { status: 'failed', why }
    return { status: 'success', output: said.kind === 'value' ? (said.value ?? null) : null, why }
  }
}

/** A loop succeeds when no item of it fails; its output is theirs. */
function collected(items: readonly Ended[]): Ended {
  const failures = items.filter(({ status }) => status === 'failed')
  if (failures.length === 0) {
    const output = items.map((item) => (item.status === 'success' ? item.output : null))
    return { status: 'success', output, why: null, items }
  }
  const whys = failures.map(({ why }) => why)
  const isOne = whys.every((why) => JSON.stringify(why) === JSON.stringify(whys[0]))
  return { status: 'failed', why: isOne ? (whys[0] ?? null) : ONE_OF_SEVERAL, items }
}

const OVERTIME: Script = { kind: 'slow', output: null }

function outputOf(script: Script): Json {
  return 'output' in script ? script.output : null
}
