import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../lib/json.ts'
import { fromJson } from './from-json.ts'
import { locate } from './locate.ts'
import type { Node } from './node.ts'
import { readSource } from './read.ts'
import { toJson } from './to-json.ts'

test('data that became a tree becomes the same data again', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const data: Json = JSON.parse(JSON.stringify(value))
      const { root, problems } = fromJson(data)
      expect(problems).toEqual([])
      expect(toJson(root as Node)).toEqual(data)
    }),
  )
})

test('data that is too deep is a problem, not a crash', () => {
  let data: Json = []
  for (let depth = 0; depth < 5_000; depth++) data = [data]
  expect(fromJson(data)).toMatchObject({ root: null, problems: [{ code: 'SOURCE_BOUND' }] })
})

const text = 'user:\n  name: Ada\n  tags: [x, "y"]\n'
const root = readSource({ text, file: null }).root as Node

test.each([
  [['user', 'name'], 'Ada'],
  [['user', 'tags', 1], '"y"'],
  [['user', 'tags', '0'], 'x'],
  [['user', 'age'], 'name: Ada\n  tags: [x, "y"]'],
  [['user', 'tags', 7, 'deep'], '[x, "y"]'],
  [[], text.trimEnd()],
])('%j stands where its nearest value stands', (path, written) => {
  const span = locate(root, path)
  expect(text.slice(span.start, span.end)).toBe(written)
})
