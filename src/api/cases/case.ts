// A case: a flow, what it is given, and what should become of it.
import { isRecord, type Json, type JsonRecord } from '../../lib/json.ts'
import type { Problem } from '../../plan/problem.ts'
import type { Tree } from '../intake.ts'
import type { ConfigNames, NamedConfig } from '../config.ts'

export type Case = {
  readonly name: string
  /** Where what it shows comes from; of a flow's own cases, the flow says it as `x-rule`. */
  readonly rules: readonly string[]
  /** The file that it is written in, or the flow that it belongs to. */
  readonly file: string
  readonly line: number
  readonly flow: Tree | { readonly problems: readonly Problem[] }
  readonly input: Json
  /** A batch: a run for each, in place of `input`. */
  readonly inputs: readonly Json[] | null
  readonly variables: JsonRecord
  /** What answers for components, as a file of stubs says it. */
  readonly stubs: Json
  /** Patches of steps, as a file of overrides says it; `null`: none. */
  readonly overrides: Json
  /** `null`: a flow's own case that does not say, so that it can only show what comes out. */
  readonly expect: Expectation | null
  readonly config: NamedConfig | null
  /** Where it looks for a configuration by itself. */
  readonly configNames: ConfigNames
}

export type Expectation = {
  readonly outcome?: Json
  readonly result?: Json
  readonly error?: Json
  /** A status, or more, by step. */
  readonly steps?: JsonRecord
  /** Pairs of which the first ended before the second started. */
  readonly order?: readonly (readonly [string, string])[]
  /** Pairs of which each started before the other ended. */
  readonly together?: readonly (readonly [string, string])[]
  readonly warnings?: readonly Json[]
  readonly problems?: readonly Json[]
  /** How each run of a batch ended, in the order of its inputs. */
  readonly outcomes?: readonly Json[]
  /** Texts that stand nowhere in what comes out: outcome, report, events, warnings and problems. */
  readonly hides?: readonly string[]
}

const KEYS: ReadonlySet<string> = new Set(
  'outcome outcomes result error steps order together warnings problems hides'.split(' '),
)

/** The expectation in `data`, or what is wrong with it. */
export function toExpectation(data: Json): Expectation | string {
  if (data === null) return {}
  if (!isRecord(data)) return 'Cannot use "expect": it is not a mapping'
  const unknown = Object.keys(data).find((key) => !KEYS.has(key))
  if (unknown !== undefined) return `Cannot use "expect.${unknown}": there are ${[...KEYS].join(', ')}`
  const { steps = {}, order = [], together = [], warnings, problems, outcomes, hides = [] } = data
  if (!isRecord(steps)) return 'Cannot use "expect.steps": it is not a mapping'
  if (!isPairs(order) || !isPairs(together))
    return 'Cannot use "expect.order" or "expect.together": expected [[step, step], …]'
  if (!isListOrNothing(warnings) || !isListOrNothing(problems) || !isListOrNothing(outcomes))
    return 'Cannot use "expect.warnings", "expect.problems" or "expect.outcomes": expected a list'
  if (!isTexts(hides)) return 'Cannot use "expect.hides": expected a list of texts'
  return {
    ...(data['outcome'] === undefined ? {} : { outcome: data['outcome'] }),
    ...(data['result'] === undefined ? {} : { result: data['result'] }),
    ...(data['error'] === undefined ? {} : { error: data['error'] }),
    steps,
    order,
    together,
    hides,
    ...(warnings === undefined ? {} : { warnings }),
    ...(problems === undefined ? {} : { problems }),
    ...(outcomes === undefined ? {} : { outcomes }),
  }
}

function isPairs(value: Json): value is readonly (readonly [string, string])[] {
  return (
    Array.isArray(value) &&
    value.every((pair: Json) => Array.isArray(pair) && pair.length === 2 && pair.every((id) => typeof id === 'string'))
  )
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

function isListOrNothing(value: Json | undefined): value is readonly Json[] | undefined {
  return value === undefined || Array.isArray(value)
}
