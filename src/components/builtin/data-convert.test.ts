import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonRecord } from '../../lib/json.ts'
import { errorOf, outputOf, run } from './builtins.world.ts'

const convert = async (input: JsonRecord): Promise<unknown> => outputOf(await run('data_convert', input))
const CSV = { header: true, delimiter: ',' }

test.each([
  ['{"a":[1,null]}', 'object', { a: [1, null] }],
  ['5', 'object', 5],
  ['a: 1\nb: [x]', 'object', { a: 1, b: ['x'] }],
  ['- 1\n- 2', 'json', '[1,2]'],
  ['id,name\r\n1,"A, ""B"""\r\n', 'object', [{ id: '1', name: 'A, "B"' }]],
  ['\uFEFFid\n1\n\n2', 'object', [{ id: '1' }, { id: '2' }]],
  ['<a x="1"><b>t</b><b/>&lt;&#252;</a>', 'object', { a: { '@x': '1', b: ['t', ''], '#text': '<ü' } }],
  ['<?xml version="1.0"?>\n<!-- c --><a><![CDATA[<&>]]></a>', 'object', { a: '<&>' }],
  ['<a> <b> t </b>\n</a>', 'object', { a: { b: ' t ' } }],
  [
    '{"a":[{"b":"x"}]}',
    'xml',
    '<?xml version="1.0" encoding="UTF-8"?>\n<a><b>x</b></a>\n'.replace(
      '<a><b>x</b></a>',
      '<root><a><b>x</b></a></root>',
    ),
  ],
  [
    '{"a":{"@id":5,"b":[1,true,null],"#text":"<"}}',
    'xml',
    '<?xml version="1.0" encoding="UTF-8"?>\n<a id="5"><b>1</b><b>true</b><b/>&lt;</a>\n',
  ],
  ['[1,2]', 'xml', '<?xml version="1.0" encoding="UTF-8"?>\n<root><item>1</item><item>2</item></root>\n'],
  ['{"a":"yes","b":[]}', 'yaml', "a: 'yes'\nb: []\n"],
  ['[{"a":1,"b":[2]},{"c":null,"a":true}]', 'csv', 'a,b,c\r\n1,[2],\r\ntrue,,\r\n'],
  ['[[1,"x"],[2,"y z"]]', 'csv', '1,x\r\n2,y z\r\n'],
  ['{"a":1}', 'csv', 'a\r\n1\r\n'],
])('%j as %s is %j', async (value, to, converted) => {
  expect(await convert({ value, to })).toEqual(converted)
})

test('text is read by its format where that is said', async () => {
  expect(await convert({ value: '5', from: 'csv', to: 'object', header: false })).toEqual([['5']])
  expect(await convert({ value: 'a;b\n1;2', from: 'csv', to: 'object', delimiter: ';' })).toEqual([{ a: '1', b: '2' }])
  expect(await convert({ value: '5', from: 'yaml', to: 'object' })).toBe(5)
  expect(await convert({ value: { a: '5' }, to: 'object' })).toEqual({ a: '5' })
})

const deep = `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`
test.each([
  [{ value: '{', from: 'json', to: 'object' }, 'it is not JSON: '],
  [{ value: '{', from: 'yaml', to: 'object' }, 'it is not YAML: '],
  [{ value: 'a,b\n1', to: 'object' }, 'it is not CSV: '],
  [{ value: 'a,a\n1,2', to: 'object' }, 'two columns have the name "a"'],
  [{ value: '<a><b></a>', to: 'object' }, 'it is not XML: '],
  [{ value: '<a>&nbsp;</a>', to: 'object' }, 'it is not XML: '],
  [{ value: '<a/><b/>', to: 'object' }, 'it is not XML: '],
  [{ value: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', to: 'object' }, 'it has a document type, which is not read'],
  [
    { value: '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', to: 'object' },
    'it has a document type, which is not read',
  ],
  [{ value: deep, to: 'object' }, 'its elements are deeper than 100'],
  [{ value: { 'a b': 1 }, to: 'xml' }, '"a b" is no name of an element'],
  [{ value: { a: { '@b c': 1 } }, to: 'xml' }, '"b c" is no name of an attribute'],
  [{ value: { a: '\0' }, to: 'xml' }, 'a text has a character that XML cannot hold'],
  [{ value: [1], to: 'csv' }, 'a number is no row of CSV'],
  [{ value: [[1], { a: 1 }], to: 'csv' }, 'a list is no row of CSV'],
])('%.80j cannot be converted: %s', async (input, message) => {
  expect(errorOf(await run('data_convert', input))).toContain(
    `INVALID_INPUT: Cannot convert "value" of the input: ${message}`,
  )
})

test('what is too long is not read, and a delimiter is one character', async () => {
  expect(errorOf(await run('data_convert', { value: ' '.repeat(10_000_001), to: 'json' }))).toContain(
    'it is longer than',
  )
  for (const delimiter of ['', '"', ',,', '\n'])
    expect(errorOf(await run('data_convert', { value: 'a', to: 'csv', delimiter }))).toContain('"delimiter"')
})

const nasty = fc.constantFrom(
  'a',
  'ü',
  '𝄞',
  '"',
  "'",
  ',',
  ';',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\t',
  '&',
  '<',
  ']]>',
  '#',
  ': ',
  '- ',
  '=',
  '__proto__',
  'null',
  '1e3',
  '~',
  '{{',
  '%',
)
const text = fc.array(nasty, { maxLength: 6 }).map((parts) => parts.join(''))
const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'a', 'b'))
const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(key, tie('json'), { maxKeys: 4 }),
  ),
})).json

async function thereAndBack(
  value: Json,
  by: 'json' | 'yaml' | 'csv' | 'xml',
  options: JsonRecord = {},
): Promise<unknown> {
  const written = await convert({ value, to: by, ...options })
  return typeof written === 'string' ? convert({ value: written, from: by, to: 'object', ...options }) : written
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test.each(['json', 'yaml'] as const)('data that is written as %s reads the same', async (by) => {
  const data = json.filter((value) => typeof value !== 'string')
  await fc.assert(
    fc.asyncProperty(data, async (value) => {
      // JSON has no negative zero.
      expect(plain(await thereAndBack(value, by))).toEqual(plain(value))
    }),
  )
})

test('a table that is written as CSV reads the same, whatever is in its cells', async () => {
  const table = fc.uniqueArray(key, { minLength: 1, maxLength: 4 }).chain((names) => {
    const row = fc
      .tuple(...names.map(() => text))
      .map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])))
    return fc.array(row, { minLength: 1, maxLength: 4 })
  })
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom(',', ';', '\t', '|'), async (rows, delimiter) => {
      expect(await thereAndBack(rows, 'csv', { ...CSV, delimiter })).toEqual(rows)
    }),
  )
})

test('a document that is written as XML reads the same', async () => {
  const name = fc.constantFrom('a', 'b', 'ü-1', '_x.y', '__proto__', 'constructor')
  const tree: fc.Arbitrary<Json> = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text.map((one) => one),
      fc.dictionary(name, fc.oneof(tie('tree'), fc.array(tie('tree'), { minLength: 2, maxLength: 3 })), {
        minKeys: 1,
        maxKeys: 3,
      }),
      fc.record({ '@id': text, '@ü': text, b: tie('tree') }),
    ),
  })).tree
  await fc.assert(
    fc.asyncProperty(name, tree, async (root, content) => {
      const data = Object.fromEntries([[root, content]])
      expect(await thereAndBack(data, 'xml')).toEqual(data)
    }),
  )
})
