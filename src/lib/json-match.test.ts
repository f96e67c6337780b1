import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { contains, isEqual } from './json-match.ts'

const anyJson = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>

test('data is equal to a copy of itself with its keys in another order, and contained in it', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const copy = JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
        typeof part === 'object' && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).toReversed())
          : part,
      )
      expect([isEqual(value, copy), contains(value, copy)]).toEqual([true, true])
    }),
  )
})

test('what contains each other is equal', () => {
  fc.assert(
    fc.property(anyJson, anyJson, (a, b) => {
      expect(isEqual(a, b)).toBe(contains(a, b) && contains(b, a))
    }),
  )
})

test.each<[Json, Json, boolean]>([
  [{ a: 1, b: 2 }, { a: 1.0 }, true],
  [{ a: { b: 1, c: 2 } }, { a: { c: 2 } }, true],
  [{ a: 1 }, {}, true],
  [{ a: null }, { a: null }, true],
  [{}, { a: null }, false],
  [[1, 2], [1], false],
  [[{ a: 1, b: 2 }], [{ a: 1 }], true],
  [null, {}, false],
  [[], {}, false],
  [{}, [], false],
  ['a', 'a', true],
  ['1', 1, false],
  [{}, { toString: 1 }, false],
  [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":2}'), false],
])('%j contains %j: %s', (whole, part, expected) => expect(contains(whole, part)).toBe(expected))
