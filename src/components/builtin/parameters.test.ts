// Built-in components by which a flow names what it takes and gives.
import { expect, test } from 'vitest'
import { errorOf, outputOf, run } from './builtins.world.ts'

test.each([
  ['input_text', { value: 'hi' }, 'hi'],
  ['input_text', { value: 5 }, '5'],
  ['input_text', { value: ' 5 ', data_type: 'NUMBER' }, 5],
  ['input_text', { value: 'True', data_type: 'BOOLEAN' }, true],
  ['input_text', { value: '{"a":1}', data_type: 'JSON' }, { a: 1 }],
  ['input_json', { value: '[{"n":"A"}]' }, [{ n: 'A' }]],
  ['input_json', { value: { a: 1 } }, { a: 1 }],
  ['input_json', { value: '{}', schema: { properties: { n: { default: 1 } } } }, { n: 1 }],
  ['output_text', { value: 'hi' }, 'hi'],
  ['output_text', { value: [1, true] }, '[1,true]'],
  ['output_json', { value: '{"a":1}' }, { a: 1 }],
])('%s of %j gives %j', async (path, input, output) => {
  expect(outputOf(await run(path, input))).toEqual(output)
})

test.each([
  ['input_text', { value: 'five', data_type: 'NUMBER' }, 'INVALID_INPUT: Cannot use "five" as NUMBER'],
  ['input_text', {}, 'INVALID_INPUT: Cannot find "value" in the input'],
  ['input_json', { value: '{' }, 'INVALID_INPUT: Cannot read "value" of the input as JSON'],
  [
    'input_json',
    { value: [1], schema: { items: { type: 'string' } } },
    'Cannot use "value" of the input: [0] must be text',
  ],
  ['output_json', { value: {}, schema: { required: ['a'] } }, 'Cannot use "value" of the input: it'],
])('%s refuses %j', async (path, input, error) => {
  expect(errorOf(await run(path, input))).toContain(error)
})
