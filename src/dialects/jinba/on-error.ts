// What a step counts as when it failed for good: `fail`, `skip`, `continue`, or `{ action: continue, default: V }`.
import type { OnError } from '../../plan/plan.ts'
import { type Fields, fieldsOf, toChoice, toMapping } from '../../source/fields.ts'
import { type Entry, textOf } from '../../source/node.ts'
import type { Scope } from './scope.ts'
import { onErrorShape } from './shapes.ts'
import { compileValue } from './templates.ts'

const actions: ReadonlyMap<string, OnError['kind']> = new Map([
  ['fail', 'fail'],
  ['skip', 'skip'],
  ['continue', 'substitute'],
])

export function compileOnError(entry: Entry | undefined, scope: Scope): OnError {
  if (entry === undefined) return { kind: 'fail' }
  const { report } = scope
  const isShort = textOf(entry.value) !== null
  const node = isShort ? null : toMapping(entry.value, 'onError', report)
  const fields: Fields = node === null ? new Map() : fieldsOf(node, onErrorShape, report)
  const action = isShort ? entry.value : fields.get('action')?.value
  if (action === undefined) {
    if (node !== null)
      report.error('MISSING_KEY', entry.keySpan, 'Cannot find the action of onError', 'Write { action: continue }')
    return { kind: 'fail' }
  }
  const kind = toChoice(action, 'the action of onError', actions, report) ?? 'fail'
  const given = fields.get('default')
  if (kind === 'substitute') return { kind, output: compileValue(given?.value ?? null, scope) }
  if (given !== undefined) {
    const message = 'Cannot use default with this action: it has no effect'
    report.warning('LOST_KEY', given.keySpan, message, 'Write action: continue')
  }
  return { kind }
}
