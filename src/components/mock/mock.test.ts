import { expect, test } from 'vitest'
import { ask, componentSuite } from '../component.suite.ts'
import { createMock } from './mock.ts'

const mock = createMock([
  {
    path: '/one',
    behaviors: [
      { input: { a: 1, b: [null] }, answer: { outcome: 'success', result: { x: 1 } } },
      { input: 'text', answer: { outcome: 'success', result: null } },
      { input: 7, answer: { outcome: 'failed', error: { code: 'BUSY', message: 'busy', data: { n: 1 } } } },
      { input: null, answer: { outcome: 'skipped', reason: 'nothing to do' } },
    ],
  },
  { path: '/none', behaviors: [] },
])

componentSuite('mocks', () => ({
  components: { find: (path) => mock.get(path) ?? null, list: () => mock },
  succeed: [
    { path: '/one', input: { b: [null], a: 1.0 }, output: { x: 1 } },
    { path: '/one', input: 'text', output: null },
  ],
  fail: [
    { path: '/one', input: 7, code: 'BUSY' },
    { path: '/one', input: { a: 1 }, code: 'NO_BEHAVIOR' },
    { path: '/none', input: {}, code: 'NO_BEHAVIOR' },
  ],
  hang: [],
}))

test('a mock may skip its step', async () => {
  expect(await ask(mock.get('/one') ?? null, null)).toEqual({
    kind: 'answer',
    answer: { kind: 'skip', reason: 'nothing to do' },
  })
})

test('an input that is not known in all its parts is told with the component', async () => {
  expect(await ask(mock.get('/one') ?? null, { a: 1, b: [null], c: 2 })).toEqual({
    kind: 'failed',
    error: {
      code: 'NO_BEHAVIOR',
      message: 'No behavior defined for /one on {"a":1,"b":[null],"c":2}',
      isRetryable: false,
    },
  })
})
