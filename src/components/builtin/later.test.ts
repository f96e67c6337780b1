import { expect, test } from 'vitest'
import { world } from './builtins.world.ts'

test('what is known of a component before its code is loaded is what it says itself', async () => {
  const waiting = [...world().builtins.values()].filter(({ load }) => load !== undefined)
  expect(waiting.length).toBeGreaterThan(10)
  for (const { effect, description, load } of waiting) {
    const loaded = await load?.()
    expect(loaded).toMatchObject({ effect, description, checksInput: true, input: { type: 'object' } })
  }
})
