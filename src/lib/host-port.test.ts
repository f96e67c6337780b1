import { expect, test } from 'vitest'
import { toHostPort } from './host-port.ts'

test('an address that may be reached has one spelling', () => {
  expect(
    ['LocalHost:8080', 'localhost.:08080', '127.1:80', '0x7f000001:443', '[::1]:5000', '[0:0::1]:5000'].map(toHostPort),
  ).toEqual(['localhost:8080', 'localhost:8080', '127.0.0.1:80', '127.0.0.1:443', '[::1]:5000', '[::1]:5000'])
})

test.each([
  'localhost',
  'localhost:',
  ':80',
  'localhost:0',
  'localhost:65536',
  '::1:80',
  'http://a:80',
  'a:80/x',
  'a b:80',
  'u@a:80',
  '[x]:80',
])('%s is no HOST:PORT', (text) => expect(toHostPort(text)).toBeNull())
