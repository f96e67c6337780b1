import { expect, test } from 'vitest'
import { didYouMean } from './did-you-mean.ts'

const keys = ['id', 'component', 'input', 'onError', 'skipIf', 'maxRetries', 'mustExecute', 'retry', 'needs']

test.each([
  ['componnent', 'component'],
  ['compnoent', 'component'],
  ['on_error', 'onError'],
  ['Max-Retries', 'maxRetries'],
  ['max_retrys', 'maxRetries'],
  ['ipnut', 'input'],
  ['retyr', 'retry'],
  ['ID', 'id'],
  ['need', 'needs'],
])('%s is probably %s', (name, meant) => {
  expect(didYouMean(name, keys)).toBe(meant)
})

test.each([['tool'], ['xyz'], [''], ['a'.repeat(1_000)]])('%j is like none of them', (name) => {
  expect(didYouMean(name, keys)).toBeNull()
})

test('the nearest name is meant, not the first', () => {
  expect(didYouMean('load_user', ['load_use', 'load_users', 'lod_user', 'load_user2', 'loadUser'])).toBe('loadUser')
  expect(didYouMean('fetch_alpha', ['fetch_beta_', 'fetch_alphas'])).toBe('fetch_alphas')
})

test('there is nothing to mean among no names', () => {
  expect(didYouMean('a', [])).toBeNull()
})
