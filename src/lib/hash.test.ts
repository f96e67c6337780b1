// A text has one name, however much was hashed before it and whichever code hashes it.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256 } from './hash.ts'

const text = fc.string({ unit: 'binary', maxLength: 300 })

function isRight(of: string): boolean {
  return sha256(of) === createHash('sha256').update(of).digest('hex')
}

test('the name of a text is the SHA-256 of its UTF-8, for few texts and for many', () => {
  fc.assert(fc.property(text, isRight))
  expect(isRight('ä'.repeat(200_000))).toBe(true)
  fc.assert(fc.property(text, isRight))
})
