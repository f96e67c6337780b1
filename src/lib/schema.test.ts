import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { compileSchema } from './schema.ts'

async function problemsOf(schema: Json, value: Json): Promise<readonly string[]> {
  const { problems } = (await compileSchema(schema))(value)
  return problems.map(({ path, message }) => (path === '' ? message : `${path} ${message}`))
}

const order = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    'the name': { type: 'string', minLength: 2 },
    items: { type: 'array', items: { type: 'object', required: ['sku'], properties: { count: { minimum: 1 } } } },
  },
  required: ['id'],
  additionalProperties: false,
}

test('a value that fits has no problems and comes back as it was', async () => {
  const value = { id: 1.0, items: [{ sku: 'a', count: 2 }] }
  const checked = (await compileSchema(order))(value)
  expect(checked).toEqual({ value, problems: [] })
  expect(checked.value).toBe(value)
})

test('all that is wrong is told, with its place', async () => {
  expect(await problemsOf(order, { 'the name': 'x', items: [{ sku: 1 }, { count: 0 }], extra: 1 })).toEqual([
    'must have "id"',
    'must not have "extra"',
    '["the name"] must not have fewer than 2 characters',
    'items[1] must have "sku"',
    'items[1].count must be >= 1',
  ])
})

test.each<[Json, Json, string]>([
  [{ type: 'string' }, 1, 'must be text, not a number'],
  [{ type: ['integer', 'null'] }, 1.5, 'must be a whole number or null, not a number'],
  [{ type: 'object' }, [], 'must be a mapping, not a list'],
  [{ enum: ['a', 1, null] }, 'b', 'must be one of "a", 1, null'],
  [{ const: { a: 1 } }, 1, 'must be {"a":1}'],
  [{ pattern: '^a+$' }, 'b', 'must match the pattern "^a+$"'],
  [{ format: 'email' }, 'b', 'must have the format "email"'],
  [{ format: 'date-time' }, '2026-13-01T00:00:00Z', 'must have the format "date-time"'],
  [
    { anyOf: [{ type: 'string' }, { type: 'object', required: ['a'] }] },
    {},
    'must be text, not a mapping, or must have "a"',
  ],
  [
    { properties: { x: { oneOf: [{ type: 'string' }, { properties: { y: { type: 'null' } } }] } } },
    { x: { y: 1 } },
    'x must be text, not a mapping, or y must be null, not a number',
  ],
  [{ oneOf: [{ minimum: 1 }, { minimum: 2 }] }, 3, 'must fit only one of its alternatives'],
  [{ if: { required: ['a'] }, then: { required: ['b'] } }, { a: 1 }, 'must have "b"'],
  [{ properties: { a: false } }, { a: 1 }, 'a must not be there'],
  [false, 1, 'must not be there'],
  [{ uniqueItems: true }, [1, 1], 'must not have duplicate items (items ## 0 and 1 are identical)'],
  [{ unevaluatedProperties: false }, { a: 1 }, 'must not have "a"'],
])('%j, %j: %s', async (schema, value, problem) => {
  expect(await problemsOf(schema, value)).toEqual([problem])
})

test('defaults are put into a copy', async () => {
  const given = { b: {} }
  const check = await compileSchema({ properties: { a: { default: [1] }, b: { properties: { c: { default: 2 } } } } })
  expect(check(given)).toEqual({ value: { a: [1], b: { c: 2 } }, problems: [] })
  expect(given).toEqual({ b: {} })
})

test('no value is repeated in a message', async () => {
  const check = await compileSchema({
    properties: { a: { type: 'number', enum: [1], pattern: 'x', format: 'uri', maxLength: 1, const: 2 } },
  })
  const { problems } = check({ a: 'hunter2' })
  expect(problems.length).toBeGreaterThan(4)
  expect(JSON.stringify(problems)).not.toContain('hunter2')
})

test('what Object.prototype has is not in a value', async () => {
  expect(await problemsOf({ required: ['constructor', '__proto__'] }, {})).toEqual([
    'must have "constructor"',
    'must have "__proto__"',
  ])
  expect(await problemsOf({ additionalProperties: { type: 'string' } }, JSON.parse('{"__proto__":1}'))).toEqual([
    '__proto__ must be text, not a number',
  ])
})

test('unknown keywords and formats are let be', async () => {
  expect(
    await problemsOf(
      {
        $schema: 'https://json-schema.org/draft/2019-09/schema',
        is_secret: true,
        env_var: 'A',
        format: 'nonsense',
        example: 1,
      },
      'x',
    ),
  ).toEqual([])
})

test('no schema answers later', async () => {
  expect(await problemsOf({ $async: true, type: 'string' }, 1)).toEqual(['must be text, not a number'])
})

test('draft-07 has its own meaning of a list of items', async () => {
  const tuple = { items: [{ type: 'string' }], additionalItems: false }
  expect(await problemsOf({ $schema: 'http://json-schema.org/draft-07/schema#', ...tuple }, ['a', 'b'])).toEqual([
    'must not have more than 1 items',
  ])
  expect(await problemsOf(tuple, ['a'])).toEqual([
    expect.stringMatching(/^cannot be checked, because its schema cannot be used: /),
  ])
})

test.each<[Json, RegExp]>([
  [{ type: 'text' }, /\/type must be equal to one of the allowed values/],
  [{ pattern: '(' }, /missing closing \)/],
  [{ pattern: '(?=a)' }, /\(\?=/],
  [{ $ref: 'https://example.com/other' }, /can't resolve reference/],
  [{ $ref: '#/$defs/none' }, /can't resolve reference/],
  [{ allOf: [{ $ref: '#' }] }, /refers to itself without end/],
  [5, /neither a mapping nor true or false/],
  ['x', /neither a mapping/],
  [[], /neither a mapping/],
])('with the schema %j nothing can be checked', async (schema, reason) => {
  const [problem, ...more] = await problemsOf(schema, {})
  expect(problem).toMatch(/^cannot be checked, because its schema cannot be used: /)
  expect(problem).toMatch(reason)
  expect(more).toEqual([])
})

test('a schema may refer to itself, and to parts of itself', async () => {
  const tree = {
    type: 'object',
    properties: { child: { $ref: '#' }, leaf: { $ref: '#/$defs/leaf' } },
    $defs: { leaf: { type: 'string' } },
  }
  expect(await problemsOf(tree, { child: { child: { leaf: 'a' } } })).toEqual([])
  expect(await problemsOf(tree, { child: { child: { leaf: 1 } } })).toEqual([
    'child.child.leaf must be text, not a number',
  ])
})

test('two schemas may have one $id, also inside, and one schema may be used again', async () => {
  for (const type of ['string', 'number', 'string'])
    expect(await problemsOf({ $id: 'https://example.com/a', type }, true)).toHaveLength(1)
  for (const type of ['string', 'number']) {
    const inside = { $defs: { a: { $id: 'https://example.com/a', type } }, $ref: 'https://example.com/a' }
    expect(await problemsOf(inside, true)).toEqual([expect.stringMatching(type === 'string' ? /text/ : /a number/)])
  }
  const schema = { $id: 'https://example.com/b', type: 'string' }
  expect(await compileSchema(schema)).toBe(await compileSchema(schema))
})

test.each(['^(a+)+$', '^(a|aa)+$', '(x+x+)+y', '^(a|b|ab)*c$', '(.*a){25}$', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
  'the pattern %s takes no longer than its text is',
  async (pattern) => {
    // A backtracking engine needs longer than a lifetime for any of these.
    const check = await compileSchema({ pattern })
    expect(
      check(`${'a'.repeat(20_000)}!`).problems.length + check(`${'x'.repeat(20_000)}!`).problems.length,
    ).toBeGreaterThan(0)
  },
)

const matches = async (pattern: string, text: string): Promise<boolean> =>
  (await problemsOf({ pattern }, text)).length === 0

test('patterns mean what they mean elsewhere', async () => {
  expect(
    await Promise.all([
      matches('b', 'abc'),
      matches('^\\d{3}$', '123'),
      matches('^.$', '😀'),
      matches('^\\u00e9$', 'é'),
      matches('^\\p{L}+$', 'größe'),
      matches('a\\/b', 'a/b'),
      matches('(?<y>\\d)', '1'),
    ]),
  ).toEqual(Array.from({ length: 7 }, () => true))
  expect(await Promise.all([matches('^b', 'abc'), matches('^.$', '\n'), matches('b$', 'b\nc')])).toEqual([
    false,
    false,
    false,
  ])
})

test('a long list of faults is told in part, and a large value by its first fault', async () => {
  const faults = await problemsOf(
    { items: { type: 'string' } },
    Array.from({ length: 100 }, () => 1),
  )
  expect([faults.length, faults[0], faults.at(-1)]).toEqual([
    21,
    '[0] must be text, not a number',
    'has 80 more faults',
  ])
  expect(
    await problemsOf(
      { items: { type: 'string' } },
      Array.from({ length: 100_000 }, () => 1),
    ),
  ).toEqual(['[0] must be text, not a number'])
})

test('the library is imported by the first check only', () => {
  expect(readFileSync(new URL('schema.ts', import.meta.url), 'utf8').match(/^import .*/gm)).toEqual([
    "import type { Json } from './json.ts'",
  ])
})

test.each([
  [
    'schemaPartsMax',
    { properties: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, { type: 'string' }])) },
  ],
  ['patternCharactersMax', { type: 'string', pattern: '(a|'.repeat(300_000) }],
])('a schema beyond %s fits nothing, and says so in few words', async (bound, schema) => {
  const check = await compileSchema(schema)
  const [problem] = check('a').problems
  expect(problem?.message).toContain(bound)
  expect(problem?.message.length).toBeLessThan(300)
})
