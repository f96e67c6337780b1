import { crc32 as zlibSum } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

test('the sums of small and of large texts are those of zlib', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => crc32(text) === zlibSum(text)))
  const large = 'ä€😀\0'.repeat(20_000)
  for (const text of [large, 'small again', '']) expect(crc32(text)).toBe(zlibSum(text))
})
