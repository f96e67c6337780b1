import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyPlain } from './copy-plain.ts'

const anything = fc.anything({ withDate: true, withMap: true, withSparseArray: true, withNullPrototype: true })

function isRight(value: unknown): boolean {
  const copy = copyPlain(value)
  return copy === undefined || isDeepStrictEqual(copy, JSON.parse(JSON.stringify(value)))
}

test('a copy is what reading the JSON again would give, or there is none', () => {
  expect(fc.check(fc.property(fc.oneof(fc.jsonValue(), anything), isRight))).toMatchObject({ failed: false })
})

test('all that JSON can hold is copied', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value))
      expect(copyPlain(plain)).toEqual(plain)
    }),
  )
})

test('a copy shares nothing with what it was made of', () => {
  const value = { list: [{ n: 1 }], record: { n: 1 } }
  const copy = copyPlain(value)
  value.list[0]!.n = 2
  value.record.n = 2
  expect(copy).toEqual({ list: [{ n: 1 }], record: { n: 1 } })
})

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])

test.for([
  ['a value that is not there', { a: undefined }],
  ['a hole', Array(3)],
  ['minus zero', [-0]],
  ['no number', { a: Number.NaN }],
  ['a date', { at: new Date(0) }],
  ['an object of a class', [Object.create({ x: 1 })]],
  ['a list that has its own JSON', Object.assign([1], { toJSON: () => 'other' })],
  ['a key that would set the prototype', JSON.parse('{ "__proto__": { "a": [1] } }')],
  ['a record that has its own JSON', Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'other' })],
  ['a function', { a: () => 1 }],
  ['a thousand levels', deep(1_000)],
] as const)('%s has no copy', ([, value]) => {
  expect(copyPlain(value)).toBeUndefined()
})

test('symbols are left out, as in JSON', () => {
  expect(copyPlain({ [Symbol('a')]: 1, b: 2 })).toEqual({ b: 2 })
})
