// What a step counts as when it failed for good.
import { unreachable } from '../../lib/assert.ts'
import type { Expr } from '../../plan/expr.ts'
import type { OnError } from '../../plan/plan.ts'
import { type Entry, type Node, textOf } from '../../source/node.ts'
import { type Fields, fieldsOf, toChoice, toCount, toMapping } from '../../source/fields.ts'
import type { Report } from '../../source/report.ts'
import { compileExpr } from './expressions.ts'
import { retriesDefault, retriesMax } from '../retry.ts'
import { onErrorShape } from './shapes.ts'
import { inDefault, inInput, noteSkipping, nothing, type Scope } from './scope.ts'

/** What `onError` says. */
export type Handling = {
  readonly onError: OnError
  /** How often a component's own failure is tried again; `null`: not said. */
  readonly retries: number | null
}

type Action = 'fail' | 'skip' | 'substitute' | 'retry'
const actions: ReadonlyMap<string, Action> = new Map([
  ['fail', 'fail'],
  ['terminate', 'fail'],
  ['skip', 'skip'],
  ['continue', 'substitute'],
  ['useDefault', 'substitute'],
  ['retry', 'retry'],
])

const unhandled: Handling = { onError: { kind: 'fail' }, retries: null }

/** The `onError` of a step, in any spelling. What its default reads is collected in the scope's `reads`. */
export function compileOnError(entry: Entry | undefined, scope: Scope): Handling {
  if (entry === undefined) return unhandled
  const { report } = scope
  const isShort = textOf(entry.value) !== null
  const node = isShort ? null : toMapping(entry.value, 'onError', report)
  const fields: Fields = node === null ? new Map() : fieldsOf(node, onErrorShape, report)
  const actionNode = isShort ? entry.value : (fields.get('action')?.value ?? null)
  if (actionNode === null) {
    if (node !== null)
      report.error(
        'MISSING_KEY',
        entry.keySpan,
        'Cannot find the action of onError',
        `Write { action: ${[...actions.keys()].join(' | ')} }`,
      )
    return unhandled
  }
  const action = toChoice(actionNode, 'the action of onError', actions, report)
  if (action === 'skip' || (action !== null && isOfSkipping(actionNode))) noteSkipping(scope.names.marks, entry.keySpan)
  warnOfUnused(fields, action, report)
  switch (action) {
    case 'skip':
      return { onError: { kind: 'skip' }, retries: null }
    case 'substitute':
      return { onError: { kind: 'substitute', output: substituteOf(fields, scope) }, retries: null }
    case 'retry':
      return { ...unhandled, retries: retriesOf(fields, report) }
    case 'fail':
    case null:
      return unhandled
    default:
      return unreachable(action)
  }
}

/** Words that only the generations that skip have. */
function isOfSkipping(action: Node): boolean {
  return textOf(action) === 'continue' || textOf(action) === 'terminate'
}

function substituteOf(fields: Fields, scope: Scope): Expr {
  const value = fields.get('defaultValue')?.value
  return value === undefined ? nothing : compileExpr(value, { ...scope, place: inDefault(inInput) })
}

/** `maxAttempts` counts the first one too. */
function retriesOf(fields: Fields, report: Report): number {
  const retries = fields.get('maxRetries')?.value
  const attempts = fields.get('maxAttempts')?.value
  if (retries !== undefined) return toCount(retries, 'maxRetries', 0, retriesMax, report) ?? retriesDefault
  if (attempts === undefined) return retriesDefault
  return (toCount(attempts, 'maxAttempts', 1, retriesMax + 1, report) ?? 1) - 1
}

function warnOfUnused(fields: Fields, action: Action | null, report: Report): void {
  for (const [key, { key: written, keySpan }] of fields) {
    if (action === null || key === 'action' || uses.get(action)?.includes(key) === true) continue
    const message = `Cannot use ${written} with this action: it has no effect`
    report.warning('LOST_KEY', keySpan, message, lostHints.get(key))
  }
}

const uses: ReadonlyMap<Action, readonly string[]> = new Map([
  ['retry', ['maxRetries', 'maxAttempts']],
  ['substitute', ['defaultValue']],
])

const lostHints = new Map([
  ['maxRetries', 'Write retry: { max: 3 } beside onError to try again first'],
  ['defaultValue', 'Write action: useDefault'],
])
