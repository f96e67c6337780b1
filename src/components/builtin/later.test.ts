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

test('where nothing but stubs and what comes with the engine may run, nobody is asked or told anything', () => {
  const real = [...world().builtins].filter(([, { isBuiltin }]) => isBuiltin === true).map(([path]) => path)
  expect(real).toEqual(expect.arrayContaining(['/builtin/noop', '/builtin/data_convert']))
  expect(real.filter((path) => /llm|openai|send|post_message/.test(path))).toEqual([])
})
