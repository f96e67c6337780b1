import { expect, test } from 'vitest'
import type { Node } from '../../source/node.ts'
import { readSource } from '../../source/read.ts'
import { stepflow } from './stepflow.ts'

const casesOf = (text: string) => stepflow.casesOf(readSource({ text, file: null }).root as Node)

test('the test section becomes case documents', () => {
  expect(
    casesOf(`
steps: []
test:
  cases:
    - name: it works
      description: always
      input: { n: 1 }
      output: { outcome: success, result: { n: 2 } }
    - name: it fails
      input: null
      output: { outcome: failed, error: { code: INVALID_INPUT, message: no, data: { stack: [] } } }
    - name: it fails with a number
      input: 1
      output: { outcome: failed, error: { code: 500 } }
    - name: it is skipped
      input: 1
      output: { outcome: skipped }
    - name: it does something
      input: 1
`),
  ).toEqual([
    { name: 'it works', input: { n: 1 }, expect: { outcome: 'success', result: { n: 2 } } },
    { name: 'it fails', input: null, expect: { outcome: 'failed', error: { code: 'INVALID_INPUT', message: 'no' } } },
    { name: 'it fails with a number', input: 1, expect: { outcome: 'failed', error: { code: 'COMPONENT_FAILED' } } },
    { name: 'it is skipped', input: 1, expect: { outcome: 'skipped' } },
    { name: 'it does something', input: 1 },
  ])
})

test.each([['steps: []'], ['test: null'], ['test: { cases: wrong }'], ['test: { cases: [1, { input: 2 }] }'], ['[]']])(
  '%s has no cases',
  (text) => {
    expect(casesOf(text)).toEqual([])
  },
)
