import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePath, printPath } from './paths.ts'

test.each([
  ['', [[]]],
  ['$', [[]]],
  ['$.', [[]]],
  ['name', [['name']]],
  ['two words', [['two words']]],
  ['$.a.b', [['a', 'b']]],
  ['$..a', [['a']]],
  ['$[0]', [[0]]],
  ['$.a[2].b', [['a', 2, 'b']]],
  ['$.a.0', [['a', '0']]],
  ['$["a.b"]', [['a.b']]],
  ["$.a['b c'][1]", [['a', 'b c', 1]]],
  ['$.with space-and-dash', [['with space-and-dash']]],
  ['$.__proto__', [['__proto__']]],
  ['a.b', [['a.b'], ['a', 'b']]],
  ['items[0]', [['items[0]'], ['items', 0]]],
  ['[0]', [['[0]'], [0]]],
  ['odd[x', [['odd[x']]],
])('%j looks along %j', (text, paths) => {
  expect(parsePath(text)).toMatchObject({ kind: 'path', at: { paths } })
})

test.each([
  ['$name', '"n" follows "$"'],
  ['$[0]x', '"x" follows "]"'],
  ['$[*]', '"[*]" is no index'],
  ['$[-1]', '"[-1]" is no index'],
  ['$[1:2]', '"[1:2]" is no index'],
  ['$["]', '"[\\"]" is no index'],
  ['$[99999999999999999999]', 'is no index'],
  ['$.a[0', 'a "[" has no "]"'],
])('%j is no path', (text, why) => {
  const parsed = parsePath(text)
  expect(parsed).toMatchObject({ kind: 'broken', message: expect.stringContaining(why) })
})

test('a printed path is read as itself', () => {
  const field = fc.string().filter((name) => name !== '' && !/["\]]/.test(name))
  const path = fc.array(fc.oneof(field, fc.nat(1_000)), { minLength: 1 })
  fc.assert(
    fc.property(path, (segments) => {
      expect(parsePath(printPath(segments))).toMatchObject({ at: { paths: [segments] } })
    }),
  )
})
