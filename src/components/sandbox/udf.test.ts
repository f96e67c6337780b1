// Functions of Python that lie in blobs.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import { errorOf, whatIsMissing, world } from './sandbox.world.ts'

const { udf } = world()
const missing = await whatIsMissing()

const schema: Json = { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } }, required: ['a'] }

describe.skipIf(missing !== null)('a stored function', () => {
  test.for([
    ['a block with one function', 'import math\ndef f(input):\n  return math.floor(input.a) + input["b"]', 3],
    ['a block whose helpers are private', 'def _h(x): return x * 10\ndef f(input): return _h(input.a)', 10],
    ['a function that waits', 'async def f(input):\n  return input.a', 1],
    ['a function that asks for its context', 'def f(input, context): return [input.b, context.attempt]', [2, 1]],
    ['an expression that is a function', 'lambda input: input.a + 1', 2],
    ['an expression over its input', 'input.a + input["b"]', 3],
    [
      'an expression over modules that are there',
      'json.loads("[1]") + [math.pi > 3, bool(re.match("a", "ab"))]',
      [1, true, true],
    ],
    ['a mapping over its input', '{"sum": input["a"] + input["b"]}', { sum: 3 }],
    ['the body of a function', 'if input.a > 5:\n  return "large"\nreturn "small"', 'small'],
    ['a body that makes names first', 'x = input["a"]\nreturn x * 2', 2],
    ['a class that can be called is one', 'class Twice:\n  def __new__(cls, input): return input.a * 2', 2],
  ] as const)('%s', async ([, code, output]) => {
    expect(await udf({ code, input_schema: schema }, { a: 1, b: 2 })).toEqual({ kind: 'success', output })
  })

  test('an error of the function fails the step by one code', async () => {
    const asked = await udf({ code: 'def f(input):\n  return input.a + "x"', input_schema: schema }, { a: 1 })
    expect(asked).toMatchObject({
      error: {
        code: 'COMPONENT_FAILED',
        message: "Function execution failed: unsupported operand type(s) for +: 'int' and 'str'",
        data: { name: 'TypeError', traceback: expect.stringContaining('line 2, in f') },
      },
    })
  })

  test('code that is no function is told', async () => {
    const code = 'def f(input): pass\ndef g(input): pass'
    expect(errorOf(await udf({ code, input_schema: schema }, { a: 1 }))).toMatch(/Cannot find a function in the code/)
  })

  test('it is confined as all code is', async () => {
    const asked = await udf({ code: 'open("/etc/passwd").read()', input_schema: schema }, { a: 1 })
    expect(asked).toMatchObject({ error: { data: { name: 'FileNotFoundError' } } })
  })
})

test.for([
  [{ input_schema: schema }, 'Cannot find "code" in the blob: expected text'],
  [{ code: ' ', input_schema: schema }, 'Cannot find "code" in the blob: expected text'],
  [{ code: '1' }, 'Cannot find "input_schema" in the blob: expected a JSON Schema'],
  [{ code: '1', input_schema: {} }, 'Cannot find "input_schema" in the blob: expected a JSON Schema'],
  [{ code: '1', input_schema: schema }, 'Input validation failed: a must be a whole number, not text'],
] as const)('%j is refused before it runs', async ([blob, message]) => {
  expect(errorOf(await udf(blob, { a: 'x' }))).toBe(`COMPONENT_FAILED: ${message}`)
})
