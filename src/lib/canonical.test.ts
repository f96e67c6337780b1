import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical.ts'

test('the same data has the same text, whatever the order of its keys', () => {
  expect(canonicalJson({ b: [1, 'x'], a: { d: null, c: true } })).toBe('{"a":{"c":true,"d":null},"b":[1,"x"]}')
})

test('keys that look alike when they are put together are told apart', () => {
  expect(canonicalJson([{ 'b\na': 1 }, { b: 2, a: 3 }, { 'b\na': 4 }, { b: 5, a: 6 }])).toBe(
    String.raw`[{"b\na":1},{"a":3,"b":2},{"b\na":4},{"a":6,"b":5}]`,
  )
})

test('the text is the one that RFC 8785 asks for', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(canonicalize(value))
    }),
  )
})
