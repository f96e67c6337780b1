// The oracle's expressions: each is asked for its value when it is needed, and knows nothing of waiting.
// A list asks all its parts, whatever becomes of one of them; `if` and `coalesce` ask no more than they need.
import { isRecord, parseOrText, type Json } from '../../src/lib/json.ts'
import { assert, unreachable } from '../../src/lib/assert.ts'
import { Env, isStop } from '../../src/plan/env.ts'
import type { Condition, Expr, Lookup, OutputRef, Pick, StateRef, Template, Truthiness } from '../../src/plan/expr.ts'
import { Sparse } from '../../src/lib/sparse.ts'
import type { Texts } from '../../src/plan/names.ts'
import { known, type Ended, type Reason, type Said } from './expected.ts'

/** Where an expression is asked. */
export type Place = {
  readonly input: Json
  readonly ended: (step: number) => Ended
  readonly idOf: (step: number) => string
  readonly texts: Texts
  readonly item?: Json
  readonly index?: number
  readonly count?: number
}

/** The value of `expr`, or why it has none. */
export function say(expr: Expr, place: Place): Said {
  switch (expr.kind) {
    case 'literal':
      return value(expr.value)
    case 'list':
      return all(expr.items, place, (values) => values)
    case 'record':
      return all(
        expr.entries.map(([, part]) => part),
        place,
        (values) => Object.fromEntries(expr.entries.map(([key], index) => [key, values[index] ?? null])),
      )
    case 'list-of':
      return sayListOf(say(expr.of, place))
    case 'input': {
      const found = find(place.input, expr.at)
      return found.kind === 'failed' && expr.otherwise !== undefined ? say(expr.otherwise, place) : found
    }
    case 'item':
      return find(place.item ?? null, expr.at)
    case 'index':
      return value(place.index ?? -1)
    case 'loop':
      return value(loopAt(place.index ?? -1, place.count ?? 0))
    case 'output':
      return sayOutput(expr, place)
    case 'state':
      return sayState(expr, place)
    case 'pick':
      return sayPick(expr, place)
    case 'template':
    case 'condition':
      return sayText(expr, place)
    case 'if': {
      const condition = say(expr.condition, place)
      const holds = condition.kind === 'value' && isTrue(condition.value, expr.truthiness)
      return say(holds ? expr.then : expr.otherwise, place)
    }
    case 'coalesce':
      return sayCoalesce(expr.members, place)
    case 'variable':
      throw new TypeError('No flow of the simulation has variables')
    default:
      return unreachable(expr)
  }
}

function value(given: Json | undefined): Said {
  return { kind: 'value', value: given }
}

function failed(code: string): Said {
  return { kind: 'failed', why: { kind: 'input-failed', code, origin: null } }
}

/** Asks all parts: the first that failed counts, else the first that was skipped. */
function all(parts: readonly Expr[], place: Place, make: (values: Json[]) => Json): Said {
  const answers = parts.map((part) => say(part, place))
  const stop = answers.find(({ kind }) => kind === 'failed') ?? answers.find(({ kind }) => kind === 'skipped')
  if (stop !== undefined) return stop
  return value(make(answers.map((answer) => (answer.kind === 'value' ? (answer.value ?? null) : null))))
}

function sayListOf(whole: Said): Said {
  if (whole.kind !== 'value') return whole
  if (isRecord(whole.value)) return failed('FOREACH_NOT_ARRAY')
  if (typeof whole.value !== 'string') return whole
  const read = parseOrText(whole.value)
  return Array.isArray(read) ? value(read) : whole
}

function sayOutput({ of, at, ifSkipped, ifFailed, nullHasAllPaths }: OutputRef, place: Place): Said {
  const source = place.ended(of)
  if (source.status === 'success')
    return source.output === null && nullHasAllPaths ? value(null) : find(source.output, at)
  if (source.status === 'skipped') {
    if (ifSkipped === 'undefined') return value(undefined)
    if (ifSkipped !== 'skip') return say(ifSkipped, place)
    const origin = source.why === null ? of : (known(source.why)?.origin ?? of)
    return { kind: 'skipped', why: { kind: 'dependency-skipped', code: null, origin } }
  }
  return ifFailed === 'undefined' ? value(undefined) : { kind: 'failed', why: inheritedFailure(source, of) }
}

/** A reader of a failed step has its error, and names the step where it began. */
export function inheritedFailure({ why }: Ended, of: number): Reason {
  if (why === null || typeof why === 'string') return why
  return { kind: 'dependency-failed', code: why.code, origin: why.origin ?? of }
}

function sayState({ of, field }: StateRef, place: Place): Said {
  const source = place.ended(of)
  if (field === 'status') return value(source.status)
  const code = known(source.why)?.code ?? null
  return value(code === null ? null : { code, message: '', data: null, name: code, value: '', traceback: null })
}

function sayPick({ outputs, sinks }: Pick, place: Place): Said {
  const ends = new Map([...outputs, ...sinks].map((step): [number, Ended] => [step, place.ended(step)]))
  const outputOf = (step: number): Json => {
    const source = ends.get(step)
    return source?.status === 'success' ? source.output : null
  }
  const given = outputs.filter((step) => ends.get(step)?.status === 'success')
  if (given.length > 1) return value(Object.fromEntries(given.map((step) => [place.idOf(step), outputOf(step)])))
  const picked = given[0] ?? sinks.findLast((step) => ends.get(step)?.status === 'success')
  return value(picked === undefined ? null : outputOf(picked))
}

function sayCoalesce(members: readonly Expr[], place: Place): Said {
  for (const member of members) {
    const said = say(member, place)
    if (said.kind === 'failed') return said
    if (said.kind === 'value' && said.value !== null && said.value !== undefined) return said
  }
  return value(null)
}

/** Templates have an oracle of their own; here they render what the oracle of the run has for their holes. */
function sayText(expr: Template | Condition, place: Place): Said {
  const answers = new Map(expr.reads.map((read) => [read.value, say(read.value, place)]))
  const said = [...answers.values()]
  const stop = said.find(({ kind }) => kind === 'failed') ?? said.find(({ kind }) => kind === 'skipped')
  if (stop !== undefined) return stop
  const valueOf = (part: Expr): Json | undefined => {
    const answer = answers.get(part)
    return answer?.kind === 'value' ? answer.value : undefined
  }
  const read = (part: Expr) => () => valueOf(part)
  const render =
    expr.kind === 'template' ? place.texts.compileTemplate(expr, read) : place.texts.compileCondition(expr, read)
  const env = new Env({
    input: null,
    status: new Uint8Array(0),
    outputs: [],
    causes: new Sparse(),
    variables: new Map(),
  })
  const answer = render(env)
  if (isStop(answer)) return failed(env.cause?.error?.code ?? '')
  return value(answer as Json | undefined)
}

function find(root: Json, { paths }: Lookup): Said {
  for (const path of paths) {
    let found: Json | undefined = root
    for (const segment of path) {
      if (Array.isArray(found)) found = typeof segment === 'number' ? (found[segment] as Json | undefined) : undefined
      else if (isRecord(found)) found = typeof segment === 'string' ? found[segment] : undefined
      else found = undefined
    }
    if (found !== undefined) return value(found)
  }
  return failed('EXPRESSION_FAILURE')
}

function loopAt(index: number, count: number): Json {
  assert(index >= 0, 'a loop has an index')
  const ends = { first: index === 0, last: index === count - 1, length: count }
  return { index: index + 1, index0: index, revindex: count - index, revindex0: count - index - 1, ...ends }
}

export function isTrue(given: Json | undefined, truthiness: Truthiness): boolean {
  if (given === undefined || given === null || given === false) return false
  return truthiness === 'some' || (given !== 0 && given !== '')
}
