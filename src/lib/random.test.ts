// Random numbers fill 32 bits and do not repeat.
import { expect, test } from 'vitest'
import { randomUint32 } from './random.ts'

test('each bit is set in about half of the numbers, and hardly a number comes twice', () => {
  const numbers = Array.from({ length: 10_000 }, randomUint32)
  for (let bit = 0; bit < 32; bit += 1) {
    const set = numbers.filter((number) => Math.floor(number / 2 ** bit) % 2 === 1).length
    expect(set).toBeGreaterThan(4_500)
    expect(set).toBeLessThan(5_500)
  }
  expect(new Set(numbers).size).toBeGreaterThan(9_990)
})
