// Expressions as closures: the one evaluator. A closure answers a value, `undefined`, or why there is none yet or ever.
// E1  Members of a list or mapping are asked independently; when they differ: pending, missing, failed, skipped; the first wins.
// E2  A branch that is not taken is never asked: it reads nothing and waits for nothing.
// E3  Asking changes nothing but the notes in `Env`: the same question on the same state has the same answer.
import { unreachable } from '../lib/assert.ts'
import { freeze } from '../lib/freeze.ts'
import { parseOrText, setOwn } from '../lib/json.ts'
import { notPlain } from '../lib/plain-data.ts'
import type { Cause } from './cause.ts'
import {
  fail,
  isStop,
  isTrue,
  MISSING,
  PENDING,
  SKIPPED,
  type Answer,
  type Env,
  type Evaluate,
  type Stop,
} from './env.ts'
import type { Expr } from './expr.ts'
import { isList, Sealed, Spilled, type Value } from './leaf.ts'
import { load } from './lookup.ts'
import type { Names } from './names.ts'
import {
  compileInput,
  compileItem,
  compileOutput,
  compilePick,
  compileState,
  compileVariable,
  readIndex,
  readLoop,
} from './reads.ts'

/** The closure of `expr`. */
export function compile(expr: Expr, names: Names): Evaluate {
  const inner = (part: Expr): Evaluate => compile(part, names)
  switch (expr.kind) {
    case 'literal': {
      const { value } = expr
      if (typeof value === 'object' && value !== null) freeze(value) // all runs share it
      return () => value
    }
    case 'list':
      return compileList(expr.items.map(inner))
    case 'list-of':
      return compileListOf(inner(expr.of))
    case 'record':
      return compileRecord(
        sharedKeys(expr.entries, names),
        expr.entries.map(([, value]) => inner(value)),
      )
    case 'input':
      return compileInput(expr, inner)
    case 'item':
      return compileItem(expr.at)
    case 'index':
      return readIndex
    case 'loop':
      return readLoop
    case 'template':
      return names.texts().compileTemplate(expr, inner)
    case 'condition':
      return names.texts().compileCondition(expr, inner)
    case 'state':
      return compileState(expr)
    case 'pick':
      return compilePick(expr, names)
    case 'output':
      return compileOutput(expr, names, inner)
    case 'variable':
      return compileVariable(expr, names, inner)
    case 'if':
      return compileIf(expr, names)
    case 'coalesce':
      return compileCoalesce(expr.members.map(inner))
    default:
      return unreachable(expr)
  }
}

function compileList(parts: readonly Evaluate[]): Evaluate {
  return (env) => {
    const values: Value[] = []
    let stop: Stop | null = null
    let cause: Cause | null = null
    for (const part of parts) {
      const answer = part(env)
      if (!isStop(answer)) values.push(answer === undefined ? null : answer)
      else if (stop === null || answer.rank > stop.rank) {
        stop = answer
        cause = env.cause
      }
    }
    if (stop === null) return values
    env.cause = cause
    return stop
  }
}

function compileListOf(whole: Evaluate): Evaluate {
  return (env) => {
    const answer = whole(env)
    const value = answer instanceof Spilled ? load(env, answer) : answer
    if (typeof value === 'string') return listIn(value) ?? value
    return isMapping(value) ? fail(env, 'FOREACH_NOT_ARRAY', NOT_A_MAPPING) : value
  }
}

const NOT_A_MAPPING = 'A loop needs a list, and its items are a mapping: take .items() of it for its keys and values'

function isMapping(answer: Answer): boolean {
  if (typeof answer !== 'object' || answer === null || isStop(answer)) return false
  return !isList(answer) && !(answer instanceof Sealed)
}

const FENCED = /^```[A-Za-z]*\r?\n([^]*)\n```$/

/** The list whose JSON `text` is; `null` where it is none. */
function listIn(text: string): readonly Value[] | null {
  const trimmed = text.trim()
  const json = (FENCED.exec(trimmed)?.[1] ?? trimmed).trim()
  if (!json.startsWith('[')) return null
  const read = parseOrText(json)
  return Array.isArray(read) && notPlain(read, true) === null ? read : null
}

function compileRecord(keys: readonly string[], parts: readonly Evaluate[]): Evaluate {
  return (env) => {
    const record: { [key: string]: Value } = {}
    let stop: Stop | null = null
    let cause: Cause | null = null
    for (let index = 0; index < parts.length; index += 1) {
      const answer = parts[index]?.(env)
      if (!isStop(answer)) setOwn(record, keys[index] ?? '', answer === undefined ? null : answer)
      else if (stop === null || answer.rank > stop.rank) {
        stop = answer
        cause = env.cause
      }
    }
    if (stop === null) return record
    env.cause = cause
    return stop
  }
}

function compileIf(expr: Extract<Expr, { kind: 'if' }>, names: Names): Evaluate {
  const condition = compile(expr.condition, names)
  const then = compile(expr.then, names)
  const otherwise = compile(expr.otherwise, names)
  return (env) => {
    const answer = askDeciding(condition, env)
    if (answer === PENDING || answer === MISSING) return answer
    if (answer instanceof Sealed) return fail(env, 'SECRET_OPERATION', 'A secret cannot be a condition')
    return !isStop(answer) && isTrue(answer, expr.truthiness) ? then(env) : otherwise(env)
  }
}

function compileCoalesce(members: readonly Evaluate[]): Evaluate {
  return (env) => {
    for (const member of members) {
      const answer = askDeciding(member, env)
      if (answer !== null && answer !== undefined && answer !== SKIPPED) return answer
    }
    return null
  }
}

function askDeciding(evaluate: Evaluate, env: Env): Answer {
  const before = env.deciding
  env.deciding = true
  const answer = evaluate(env)
  env.deciding = before
  return answer
}

function sharedKeys(entries: readonly (readonly [key: string, value: Expr])[], { shared }: Names): readonly string[] {
  const keys = entries.map(([key]) => key)
  return shared('keys', JSON.stringify(keys), () => keys)
}
