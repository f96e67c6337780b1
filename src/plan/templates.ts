// Templates and conditions as closures over what they read. They look into values by their own rules, and open no secret.
import { compileCondition as compileWhen, parseCondition } from '../templates/condition.ts'
import { type Escape, escapeText } from '../templates/escape.ts'
import { TEMPLATE_LIMITS } from '../templates/limits.ts'
import { TemplateFault, type TemplateProblem } from '../templates/problem.ts'
import type { Leaves, Settings } from '../templates/settings.ts'
import { compileTemplate as compileText, parseTemplate, type Rendered } from '../templates/template.ts'
import type { TextPart } from '../templates/text-builder.ts'
import { UNDEFINED } from '../templates/values.ts'
import { fail, isStop, MISSING, Stop, type Answer, type Env, type Evaluate } from './env.ts'
import type { Condition, Expr, Read, Template } from './expr.ts'
import { Sealed, Spilled, type SecretRef, type Value } from './leaf.ts'
import { load } from './lookup.ts'

type Compile = (expr: Expr) => Evaluate

/** The text of `expr`, or the value of its one hole. */
export function compileTemplate(expr: Template, compile: Compile): Evaluate {
  const at: Place = { env: null }
  const parsed = parseTemplate(expr.text, { dashedNames: dashedIn(expr.reads), limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'problems') return (env) => failed(env, 'template', parsed.problems[0])
  const settings: Settings = { ...usual, code: expr.code, leaves: leavesAt(at) }
  const render = compileText(parsed.template, settings, binding(expr.reads))
  return reading(expr, compile, at, (read) => render(read, {}))
}

/** Whether the condition holds. */
export function compileCondition(expr: Condition, compile: Compile): Evaluate {
  const at: Place = { env: null }
  const parsed = parseCondition(expr.text, { dashedNames: dashedIn(expr.reads), limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'problems') return (env) => failed(env, 'condition', parsed.problems[0])
  const ask = compileWhen(parsed.condition, { ...usual, leaves: leavesAt(at) }, binding(expr.reads))
  return reading(expr, compile, at, (read) => {
    const answer = ask(read, {})
    at.env?.operands?.push(...answer.operands)
    return answer.kind === 'value' ? { kind: 'value', value: answer.isTrue, warnings: answer.warnings } : answer
  })
}

const usual: Omit<Settings, 'leaves'> = { text: 'json', pure: 'native', code: null, limits: TEMPLATE_LIMITS }

type ReadSlot = (slot: number) => unknown

/** Asks for everything that is read, and renders when all of it is there. */
function reading(
  { kind, reads }: Template | Condition,
  compile: Compile,
  at: Place,
  render: (read: ReadSlot) => Rendered,
): Evaluate {
  const parts = reads.map(({ value }) => compile(value))
  return (env) => {
    const values = askAll(parts, env)
    if (values instanceof Stop) return values
    at.env = env
    try {
      const rendered = render((slot) => values[slot] ?? (values[slot] === null ? null : UNDEFINED))
      return rendered.kind === 'failed' ? failed(env, kind, rendered.problem) : valueOf(rendered, env)
    } catch (error) {
      if (error === NOT_LOADED) return MISSING
      throw error
    } finally {
      at.env = null
    }
  }
}

function askAll(parts: readonly Evaluate[], env: Env): readonly Answer[] | Stop {
  const values: Answer[] = []
  let stop: Stop | null = null
  let { cause } = env
  for (const part of parts) {
    const answer = part(env)
    values.push(answer)
    if (isStop(answer) && (stop === null || answer.rank > stop.rank)) {
      stop = answer
      cause = env.cause
    }
  }
  env.cause = cause
  return stop ?? values
}

function valueOf({ value, warnings }: Extract<Rendered, { kind: 'value' }>, env: Env): Value {
  if (env.warnings !== null) env.warnings.push(...warnings)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- templates make plain data and pass leaves on
  return value as Value
}

function failed(env: Env, kind: 'template' | 'condition', problem: TemplateProblem | undefined): Stop {
  if (problem === undefined) return fail(env, 'TEMPLATE_ERROR', `The ${kind} cannot be read`)
  const { code, message, line, column } = problem
  return fail(env, code, `${message} (line ${line}, column ${column} of the ${kind})`)
}

/** Names with hyphens are among what is read, and nowhere else. */
function dashedIn(reads: readonly Read[]): ReadonlySet<string> {
  return new Set(reads.flatMap(({ path }) => path.filter((name) => name.includes('-'))))
}

/** The longest way that a reference has in common with what is read. */
function binding(reads: readonly Read[]): (path: Way) => { slot: number; taken: number } | null {
  const slots = new Map(reads.map(({ path }, slot) => [JSON.stringify(path), slot]))
  const longest = reads.reduce((length, { path }) => Math.max(length, path.length), 0)
  return (path) => {
    for (let taken = Math.min(longest, path.length); taken > 0; taken -= 1) {
      const slot = slots.get(JSON.stringify(path.slice(0, taken)))
      if (slot !== undefined) return { slot, taken }
    }
    return null
  }
}

type Way = readonly (string | number)[]

/** Where a template renders right now. */
type Place = { env: Env | null }

const NOT_LOADED = new Error('A large value is not loaded')

function leavesAt(at: Place): Leaves {
  return {
    isLeaf: (value) => value instanceof Sealed || value instanceof Spilled,
    staysInText: (leaf) => leaf instanceof Sealed,
    open(leaf) {
      if (leaf instanceof Spilled && at.env !== null) return loaded(leaf, at.env)
      const hint = 'Pass it on as it is, or with text around it'
      throw new TemplateFault('SECRET_OPERATION', 'A secret can be passed on, and nothing else', hint)
    },
    join: (parts) => new Sealed(parts.flatMap(sealedPart)),
  }
}

function loaded(leaf: Spilled, env: Env): Value {
  const value = load(env, leaf)
  if (value instanceof Stop) throw NOT_LOADED
  return value
}

function sealedPart(part: TextPart): readonly (string | SecretRef)[] {
  if (typeof part === 'string') return [part]
  if (!(part.leaf instanceof Sealed)) return []
  const { quote, inside } = literals.get(part.escape) ?? { quote: '', inside: part.escape }
  return [quote, ...part.leaf.parts.map((inner) => escaped(inner, inside)), quote].filter((piece) => piece !== '')
}

/** A literal that is put together from parts: its quotes, and how the parts are written between them. */
const literals: ReadonlyMap<Escape, { readonly quote: string; readonly inside: Escape }> = new Map([
  ['json', { quote: '"', inside: 'json-string' }],
  ['javascript', { quote: '"', inside: 'javascript-double' }],
  ['python', { quote: "'", inside: 'python-single' }],
])

function escaped(part: string | SecretRef, escape: Escape): string | SecretRef {
  if (escape === 'plain') return part
  if (typeof part !== 'string') return { ...part, escapes: [...(part.escapes ?? []), escape] }
  const text = escapeText(part, escape)
  if (text === null) throw new TemplateFault('TEMPLATE_ERROR', 'This text cannot be written between these quotes')
  return text
}
