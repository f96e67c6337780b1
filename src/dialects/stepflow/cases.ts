// The `test:` section of a flow, as case documents.
import { isRecord, type Json, type JsonRecord, setOwn } from '../../lib/json.ts'
import { fieldsOf, toItems, toMapping, toText } from '../../source/fields.ts'
import { child, isNull, type Node, textOf } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { toJson } from '../../source/to-json.ts'
import { errorCodeOf } from './error-codes.ts'
import { testShape } from './shapes.ts'

/** The cases of `test: { cases: [{ name, input, output }] }` that can be read. A case without an output has no `expect`. */
export function casesOf(root: Node): readonly Json[] {
  const cases = child(child(root, 'test'), 'cases')
  return cases?.kind === 'list' ? cases.items.flatMap(caseOf) : []
}

function caseOf(node: Node): readonly Json[] {
  const name = textOf(child(node, 'name'))
  if (name === null) return []
  const input = child(node, 'input')
  const output = child(node, 'output')
  return [
    {
      name,
      ...(input === null ? {} : { input: toJson(input) }),
      ...(output === null || isNull(output) ? {} : { expect: expectationOf(output) }),
    },
  ]
}

/** Of an error, code and message count: its `data` shows how another engine is built. */
function expectationOf(output: Node): JsonRecord {
  const outcome = child(output, 'outcome')
  const result = child(output, 'result')
  const error = child(output, 'error')
  const code = child(error, 'code')
  const message = child(error, 'message')
  return {
    ...(outcome === null ? {} : { outcome: toJson(outcome) }),
    ...(result === null ? {} : { result: withoutRunIds(toJson(result)) }),
    ...(error === null
      ? {}
      : {
          error: {
            ...(code === null || isNull(code) ? {} : { code: errorCodeOf(code) }),
            ...(message === null ? {} : { message: toJson(message) }),
          },
        }),
  }
}

/** `run_id` is another one in each run. Recursion ends at the depth of the source. */
function withoutRunIds(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutRunIds)
  if (!isRecord(value)) return value
  const copy: { [key: string]: Json } = {}
  for (const [key, part] of Object.entries(value))
    if (key !== 'run_id' || typeof part !== 'string') setOwn(copy, key, withoutRunIds(part))
  return copy
}

/** Reports what `casesOf` would leave out. */
export function checkCases(test: Node | null, report: Report): void {
  const node = test === null ? null : toMapping(test, 'test', report)
  const cases = node === null ? undefined : fieldsOf(node, testShape, report).get('cases')
  if (cases === undefined) return
  for (const item of toItems(cases.value, 'test: cases', report) ?? []) {
    const mapping = toMapping(item, 'a test case', report)
    const name = child(mapping, 'name')
    if (name !== null) toText(name, 'the name of a test case', report)
    else if (mapping !== null)
      report.error('MISSING_KEY', mapping.span, 'Cannot find the name of this test case', 'Write name: what it shows')
  }
}
