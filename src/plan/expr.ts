// A value to be computed when its step starts, and what it reads. Every difference between languages is a field here.
import { unreachable } from '../lib/assert.ts'
import type { Brand } from '../lib/brand.ts'
import type { Json } from '../lib/json.ts'

/** Position of a step in its plan. Hot code uses it instead of the id: an array index, no hashing. */
export type StepIndex = Brand<number, 'StepIndex'>

/** A field of a mapping, or an index of a list. */
export type Segment = string | number
export type Path = readonly Segment[]

/** Where in a value to look. The first of `paths` that is found is meant; `text` is what the author wrote, for messages. */
export type Lookup = { readonly paths: readonly Path[]; readonly text: string }

/**
 * Which values count as true.
 * `some`: all but null and false. `filled`: all but null, false, zero and empty text.
 */
export type Truthiness = 'some' | 'filled'

/** Reads the output of another step. */
export type OutputRef = {
  readonly kind: 'output'
  readonly of: StepIndex
  readonly at: Lookup
  /** What a skipped source means: the reader is skipped, the value is undefined, or another expression stands in. */
  readonly ifSkipped: 'skip' | 'undefined' | Expr
  readonly ifFailed: 'fail' | 'undefined'
  /** Whether every path into an output of `null` gives `null` rather than a failure. */
  readonly nullHasAllPaths: boolean
}

/** How another step ended: its status by name, or its error (`null` where it has none). */
export type StateRef = { readonly kind: 'state'; readonly of: StepIndex; readonly field: 'status' | 'error' }

/**
 * What a flow without an output of its own gives: the one of `outputs` that succeeded, or a mapping from id to value where
 * several did; else the last of `sinks` that succeeded; else null.
 */
export type Pick = {
  readonly kind: 'pick'
  readonly outputs: readonly StepIndex[]
  readonly sinks: readonly StepIndex[]
}

/** A name of a template, with what follows it as far as it is read as one, and what it stands for. */
export type Read = { readonly path: readonly string[]; readonly value: Expr }

/** A text with holes. One that is nothing but a hole is the value in it. */
export type Template = {
  readonly kind: 'template'
  readonly text: string
  readonly reads: readonly Read[]
  /** The language of which the text is source code; values are written into it as literals of that. */
  readonly code: 'python' | 'javascript' | 'json' | null
}

/** A condition in words with holes; a boolean. */
export type Condition = { readonly kind: 'condition'; readonly text: string; readonly reads: readonly Read[] }

export type Expr =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [key: string, value: Expr])[] }
  /** `otherwise` stands in where the input has nothing there; without it that is a failure. */
  | { readonly kind: 'input'; readonly at: Lookup; readonly otherwise?: Expr }
  | OutputRef
  /** A variable of the run: the value given, else `otherwise`, else the plan's default, else a failure. */
  | { readonly kind: 'variable'; readonly name: string; readonly at: Lookup; readonly otherwise: Expr | null }
  | { readonly kind: 'item'; readonly at: Lookup }
  | { readonly kind: 'index' }
  /** Where a loop is: `{ index, index0, revindex, revindex0, first, last, length }`, `index` counting from 1. */
  | { readonly kind: 'loop' }
  | StateRef
  | Pick
  /** A list; where `of` is the JSON of one as text, in a code fence or not, that list. Anything else stays what it is. */
  | { readonly kind: 'list-of'; readonly of: Expr }
  | Template
  | Condition
  /** Lazy: the branch not taken asks for nothing. A failed or skipped condition counts as false. */
  | {
      readonly kind: 'if'
      readonly condition: Expr
      readonly then: Expr
      readonly otherwise: Expr
      readonly truthiness: Truthiness
    }
  /** Lazy: the first member that is neither null nor skipped. A failed member ends it. */
  | { readonly kind: 'coalesce'; readonly members: readonly Expr[] }

/** The whole value. */
export const WHOLE: Lookup = { paths: [[]], text: '$' }

/** The expression's direct parts, in order of appearance. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'item':
    case 'index':
    case 'loop':
    case 'state':
    case 'pick':
      return []
    case 'list':
      return expr.items
    case 'list-of':
      return [expr.of]
    case 'template':
    case 'condition':
      return expr.reads.map(({ value }) => value)
    case 'record':
      return expr.entries.map(([, value]) => value)
    case 'input':
      return expr.otherwise === undefined ? [] : [expr.otherwise]
    case 'output':
      return typeof expr.ifSkipped === 'string' ? [] : [expr.ifSkipped]
    case 'variable':
      return expr.otherwise === null ? [] : [expr.otherwise]
    case 'if':
      return [expr.condition, expr.then, expr.otherwise]
    case 'coalesce':
      return expr.members
    default:
      return unreachable(expr)
  }
}

/** Every expression inside `expr`, itself first, in order of appearance. Without recursion: it may be deep. */
export function* everyPart(expr: Expr): Generator<Expr> {
  const open: Expr[] = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next
    for (const part of partsOf(next).toReversed()) open.push(part)
  }
}

/** All steps whose outputs `expr` may read, lazy branches included, in order of appearance; repeats are kept. */
export function stepsReadBy(expr: Expr): readonly StepIndex[] {
  return [...everyPart(expr)].flatMap(directReads)
}

/** The steps that `expr` reads itself, its parts aside. */
export function directReads(expr: Expr): readonly StepIndex[] {
  if (expr.kind === 'output' || expr.kind === 'state') return [expr.of]
  return expr.kind === 'pick' ? [...expr.outputs, ...expr.sinks] : []
}

/** Whether `expr` reads the item or the index of a loop. */
export function readsItem(expr: Expr): boolean {
  return everyPart(expr).some((part) => part.kind === 'item' || part.kind === 'index' || part.kind === 'loop')
}
