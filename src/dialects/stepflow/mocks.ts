// The mock plugin of a configuration: components that answer known inputs with known outcomes.
import type { Json } from '../../lib/json.ts'
import type { ErrorInfo } from '../../plan/cause.ts'
import { fieldsOf, type Shape, toMapping } from '../../source/fields.ts'
import { child, describe, type Entry, type Node, textOf } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { toJson } from '../../source/to-json.ts'
import { errorCodeOf } from './error-codes.ts'

/** A component that answers known inputs; an input counts as known when all of it is equal. */
export type MockComponent = { readonly path: string; readonly behaviors: readonly MockBehavior[] }
export type MockBehavior = { readonly input: Json; readonly answer: MockAnswer }
export type MockAnswer =
  | { readonly outcome: 'success'; readonly result: Json }
  | { readonly outcome: 'failed'; readonly error: ErrorInfo }
  | { readonly outcome: 'skipped'; readonly reason: string | null }

const mockComponentShape: Shape = {
  what: 'a mock component',
  keys: new Set(['input_schema', 'output_schema', 'inputSchema', 'outputSchema', 'behaviors', 'description']),
}

/** The components of a mock plugin, with the answers that can be read. */
export function readMocks(entry: Entry | undefined, report: Report): readonly MockComponent[] {
  const node = entry === undefined ? null : toMapping(entry.value, 'the components of a mock', report)
  return (node?.entries ?? []).flatMap(({ key: path, value }) => {
    const mapping = toMapping(value, 'a mock component', report)
    if (mapping === null) return []
    const behaviors = fieldsOf(mapping, mockComponentShape, report).get('behaviors')
    return [{ path, behaviors: behaviors === undefined ? [] : readBehaviors(behaviors.value, report) }]
  })
}

function readBehaviors(node: Node, report: Report): readonly MockBehavior[] {
  const mapping = toMapping(node, 'behaviors', report)
  return (mapping?.entries ?? []).flatMap((entry) => {
    const answer = readAnswer(entry, report)
    return answer === null ? [] : [{ input: inputOf(entry), answer }]
  })
}

/** A key that is not text was kept as JSON. */
function inputOf({ key, isTextKey }: Entry): Json {
  if (isTextKey) return key
  const input: Json = JSON.parse(key)
  return input
}

function readAnswer({ keySpan, value }: Entry, report: Report): MockAnswer | null {
  const node = toMapping(value, 'what a mock answers', report)
  if (node === null) return null
  const fields = fieldsOf(node, answerShape, report)
  const error = fields.get('error')?.value ?? null
  const outcome = fields.get('outcome')?.value ?? null
  const kind = outcome === null && error !== null ? 'failed' : textOf(outcome)
  if (kind === 'failed') return { outcome: 'failed', error: errorOf(error) }
  if (kind === 'skipped') return { outcome: 'skipped', reason: textOf(fields.get('reason')?.value ?? null) }
  if (kind === 'success') {
    const result = child(node, 'result')
    return { outcome: 'success', result: result === null ? null : toJson(result) }
  }
  report.error(
    'WRONG_TYPE',
    outcome?.span ?? keySpan,
    outcome === null ? 'Cannot find the outcome of this answer' : `Cannot use ${describe(outcome)} as an outcome`,
    'Write { outcome: success, result: … }, { outcome: failed, error: { code, message } } or { error: text }',
  )
  return null
}

const answerShape: Shape = {
  what: 'what a mock answers',
  keys: new Set(['outcome', 'result', 'error', 'reason']),
}

/** `{ error: text }` is a fault of the plugin itself; it is told like a component's own. */
function errorOf(node: Node | null): ErrorInfo {
  if (node?.kind !== 'map') return { code: 'COMPONENT_FAILED', message: textOf(node) ?? 'failed' }
  const data = child(node, 'data')
  const info = { code: errorCodeOf(child(node, 'code')), message: textOf(child(node, 'message')) ?? 'failed' }
  return data === null ? info : { ...info, data: toJson(data) }
}
