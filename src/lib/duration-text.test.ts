import { expect, test } from 'vitest'
import { durationText } from './duration-text.ts'

test.for([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [1_234, '1.2 s'],
  [60_000, '1 min'],
  [184_000, '3 min 4 s'],
] as const)('%d ms reads as %s', ([ms, text]) => {
  expect(durationText(ms)).toBe(text)
})
