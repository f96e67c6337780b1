// What answers in place of components, as people write it. Reading collects what is wrong; what can be read counts.
import { durationMs } from '../../lib/duration.ts'
import { isRecord, type Json, type JsonRecord, kindOf } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import type { Problem } from '../../plan/problem.ts'
import type { ErrorInfo } from '../component.ts'

export type Stubs = {
  /** By path or tool name. */
  readonly components: ReadonlyMap<string, readonly Rule[]>
  /** By the id of a step. */
  readonly steps: ReadonlyMap<string, readonly Rule[]>
}

/** Rules are tried in order. */
export type Rule = {
  /** What the input has to contain; absent: anything. */
  readonly when?: Json
  /** How often it answers in a run; `null`: always. */
  readonly times: number | null
  readonly delayMs: number
  readonly answer: StubAnswer
}

type StubAnswer =
  | { readonly kind: 'output'; readonly output: Json }
  /** The input is the output. */
  | { readonly kind: 'echo' }
  | { readonly kind: 'error'; readonly error: ErrorInfo }
  | { readonly kind: 'skip' }

/** The longest time that a timer of Node can hold: 24 days. */
const delayMsMax = 2 ** 31 - 1

export function readStubs(data: Json): { readonly stubs: Stubs; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const report: Report = (message, hint) => problems.push(toProblem(message, hint))
  const { components = null, steps = null, ...others } = toMapping(data, 'stubs', report)
  for (const key of Object.keys(others)) report(`Cannot use ${quote(key)} in stubs`, 'Write "components" or "steps"')
  return { stubs: { components: readGroup(components, report), steps: readGroup(steps, report) }, problems }
}

type Report = (message: string, hint: string) => void

const EXAMPLE = 'Write { when: { id: 1 }, output: { name: Ada } }'
const ANSWERS = 'Write one of output, echo: true, error: { code, message } and skipped: true'
const RULE_KEYS: ReadonlySet<string> = new Set(['when', 'times', 'delay', 'output', 'echo', 'error', 'skipped'])
const ERROR_KEYS: ReadonlySet<string> = new Set(['code', 'message', 'data', 'isRetryable'])

function readGroup(data: Json, report: Report): ReadonlyMap<string, readonly Rule[]> {
  const group = Object.entries(toMapping(data, 'rules', report))
  return new Map(group.map(([name, rules]) => [name, readRules(rules, quote(name), report)]))
}

function readRules(data: Json, name: string, report: Report): readonly Rule[] {
  if (isList(data)) return data.flatMap((rule, index) => readRule(rule, `rule ${index + 1} of ${name}`, report) ?? [])
  report(`Cannot use ${kindOf(data)} as the rules of ${name}`, 'Write a list of rules')
  return []
}

function readRule(data: Json, what: string, report: Report): Rule | null {
  if (!isRecord(data)) return refuse(report, `Cannot use ${kindOf(data)} as ${what}`, EXAMPLE)
  const unknown = Object.keys(data).find((key) => !RULE_KEYS.has(key))
  if (unknown !== undefined)
    return refuse(report, `Cannot use ${quote(unknown)} in ${what}`, `A rule has ${[...RULE_KEYS].join(', ')}`)
  const times = readTimes(data['times'], what, report)
  const delayMs = readDelay(data['delay'], what, report)
  const answer = readAnswer(data, what, report)
  if (answer === null || times === undefined || delayMs === null) return null
  return { ...(Object.hasOwn(data, 'when') && { when: data['when'] ?? null }), times, delayMs, answer }
}

function readTimes(times: Json | undefined, what: string, report: Report): number | null | undefined {
  if (times === undefined || times === null) return null
  if (typeof times === 'number' && Number.isInteger(times) && times > 0) return times
  report(`Cannot use ${shown(times)} as "times" of ${what}`, 'Write a whole number from 1 on')
  return undefined
}

function readDelay(delay: Json | undefined, what: string, report: Report): number | null {
  if (delay === undefined || delay === null) return 0
  const delayMs = typeof delay === 'string' || typeof delay === 'number' ? durationMs(delay) : null
  if (delayMs !== null && delayMs <= delayMsMax) return delayMs
  return refuse(
    report,
    `Cannot use ${shown(delay)} as "delay" of ${what}`,
    'Write a time such as 50ms or 2s, 24 days at most',
  )
}

function readAnswer(rule: JsonRecord, what: string, report: Report): StubAnswer | null {
  const given = ['output', 'echo', 'error', 'skipped'].filter((key) => Object.hasOwn(rule, key))
  const [kind] = given
  if (given.length !== 1) return refuse(report, `Cannot tell what ${what} answers`, ANSWERS)
  if (kind === 'output') return { kind, output: rule['output'] ?? null }
  if (kind === 'error') return readError(rule['error'] ?? null, what, report)
  if (rule[kind ?? ''] !== true) return refuse(report, `Cannot tell what ${what} answers`, ANSWERS)
  return { kind: kind === 'echo' ? 'echo' : 'skip' }
}

function readError(data: Json, what: string, report: Report): StubAnswer | null {
  const isError = isRecord(data) && Object.keys(data).every((key) => ERROR_KEYS.has(key))
  const { code = 'COMPONENT_FAILED', message = 'Failed by a stub', data: more, isRetryable } = isError ? data : {}
  if (!isError || typeof code !== 'string' || typeof message !== 'string' || !isFlag(isRetryable))
    return refuse(report, `Cannot use the error of ${what}`, 'Write error: { code: TEXT, message: TEXT }')
  const error = {
    code,
    message,
    ...(more !== undefined && { data: more }),
    ...(isRetryable !== undefined && { isRetryable }),
  }
  return { kind: 'error', error }
}

function toMapping(data: Json, what: string, report: Report): JsonRecord {
  if (isRecord(data)) return data
  if (data !== null) report(`Cannot use ${kindOf(data)} as ${what}`, 'Write a mapping')
  return {}
}

function refuse(report: Report, message: string, hint: string): null {
  report(message, hint)
  return null
}

function toProblem(message: string, hint: string): Problem {
  return { code: 'INVALID_STUBS', severity: 'error', message, file: null, span: null, step: null, hint }
}

function shown(value: Json): string {
  return typeof value === 'string' ? quote(value) : typeof value === 'object' ? kindOf(value) : String(value)
}

function isFlag(value: Json | undefined): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean'
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
