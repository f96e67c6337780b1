import { expect, test } from 'vitest'
import { excerpt } from './excerpt.ts'

test('a short text stays as it is, a long one ends with a whole word', () => {
  expect(excerpt('one two', 7)).toBe('one two')
  expect(excerpt('one two three', 9)).toBe('one two…')
  expect(excerpt('{"key":"sk-123456"}', 15)).toBe('{"key":…')
  expect(excerpt('onelongword', 5)).toBe('…')
})
