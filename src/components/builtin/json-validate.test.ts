import { expect, test } from 'vitest'
import { errorOf, outputOf, run } from './builtins.world.ts'

const schema = { type: 'object', properties: { n: { type: 'integer' }, unit: { default: 'm' } }, required: ['n'] }

test.each([
  [{ n: 1 }, schema],
  ['{"n":1}', schema],
  [{ n: 1 }, JSON.stringify(schema)],
])('%j fits, and gets the defaults', async (value, as) => {
  for (const fail_on_error of [true, false])
    expect(outputOf(await run('json_validate', { value, schema: as, fail_on_error }))).toEqual({
      valid: true,
      value: { n: 1, unit: 'm' },
      problems: [],
    })
})

test('what does not fit fails the step, with all problems', async () => {
  const asked = await run('json_validate', { value: { n: 'x' }, schema })
  expect(asked).toMatchObject({
    error: {
      code: 'INVALID_INPUT',
      message: 'Cannot use "value" of the input: n must be a whole number, not text',
      data: { problems: [{ path: 'n', message: 'must be a whole number, not text' }] },
      isRetryable: false,
    },
  })
  expect(errorOf(await run('json_validate', { value: '{', schema }))).toContain(
    'Cannot read "value" of the input as JSON',
  )
})

const ask = async (value: string): Promise<unknown> =>
  outputOf(await run('json_validate', { value, schema, fail_on_error: false }))

test('what does not fit is an answer where the flow asks for one', async () => {
  expect(await ask('[]')).toEqual({
    valid: false,
    value: [],
    problems: [{ path: '', message: 'must be a mapping, not a list' }],
  })
  expect(await ask('{')).toMatchObject({ valid: false, value: '{', problems: [{ path: '' }] })
})
