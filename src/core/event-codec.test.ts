// Events that are written and read back are the same events.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aCause } from '../plan/cause.ts'
import { LEAF_TAG, Sealed, Spilled, type Value } from '../plan/leaf.ts'
import { decodeEvents, encodeEvents } from './event-codec.ts'
import type { Event } from './events.ts'

const leaf = fc.constantFrom<Value>(
  new Spilled('hash', 12),
  new Sealed(['Bearer ', { secret: 'K', form: 'plain' }]),
  new Sealed([{ secret: 'K', form: 'url', escapes: ['python-single'], line: 2 }]),
)
const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', LEAF_TAG, LEAF_TAG + LEAF_TAG, `${LEAF_TAG}x`))
const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(null, true, 0, -1.5, 1e21, '', LEAF_TAG),
    fc.string(),
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

test('whatever a step gave, leaves and mappings that look like one included', () => {
  fc.assert(
    fc.property(value, (output) => {
      const events: Event[] = [
        { kind: 'run-started', atMs: 1, plan: 'p', input: output, variables: { v: output } },
        { kind: 'step-succeeded', atMs: 2, frame: 0, step: 3, output },
        { kind: 'step-failed', atMs: 3, frame: 0, step: 4, cause: aCause('component-failed', { message: 'm' }) },
      ]
      expect(decodeEvents(encodeEvents(events))).toStrictEqual(events)
    }),
  )
})

test('a trivial step takes few bytes', () => {
  const output = { v: 13 }
  const events: Event[] = [
    { kind: 'step-started', atMs: 1_764_000_000_000, frame: 0, step: 12, items: -1 },
    { kind: 'step-succeeded', atMs: 1_764_000_000_001, frame: 0, step: 12, output },
  ]
  expect(encodeEvents(events).length).toBeLessThan(80)
})
