import { expect, test } from 'vitest'
import { notPlain } from './plain-data.ts'

test.each([
  ['a date', new Date(0), 'A Date is no plain data'],
  [
    'an object that says its JSON itself',
    Object.assign(Object.create(null), { toJSON: 1 }),
    'An object of a class is no plain data',
  ],
  ['one whose constructor is no function', { constructor: 1, toJSON: 1 }, 'An object of a class is no plain data'],
  ['a bigint inside', { a: [5n] }, 'A bigint is no plain data, at a.0'],
])('%s is no plain data', (_, value, problem) => {
  expect(notPlain(value, true)).toBe(problem)
})

test('a value inside itself is no plain data', () => {
  const value: { self?: object } = {}
  value.self = value
  expect(notPlain(value, true)).toContain('valueDepthMax')
})

test('a small value whose parts are shared so that it stands for 2 ** 40 of them is refused', () => {
  let value: object = {}
  for (let level = 0; level < 40; level++) value = { left: value, right: value }
  expect(notPlain(value, true)).toContain('valueNodesMax')
})

test('a list of nothing but holes is as large as it says', () => {
  const value: unknown[] = []
  value.length = 2 ** 32 - 1
  expect(notPlain(value, true)).toContain('valueNodesMax')
})
