import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SOURCE_BOUNDS } from './bounds.ts'
import { child, type Node } from './node.ts'
import { readDocuments, readSource } from './read.ts'
import { toJson } from './to-json.ts'

const read = (text: string) => readSource({ text, file: 'flow.yaml' })
const valueOf = (text: string) => {
  const { root, problems } = read(text)
  expect(problems).toEqual([])
  return toJson(root as Node)
}
/** Each problem as `severity CODE line:column`. */
const problemsOf = (text: string, bounds = SOURCE_BOUNDS) =>
  readSource({ text, file: null }, bounds).problems.map(
    ({ severity, code, span }) => `${severity} ${code} ${span === null ? '-' : `${span.line}:${span.column}`}`,
  )

test('JSON is read as JSON.parse reads it', () => {
  const json = fc.json({ maxDepth: 8, stringUnit: 'binary' })
  fc.assert(
    fc.property(json, (text) => {
      expect(valueOf(text)).toEqual(JSON.parse(text))
    }),
    { numRuns: 500 },
  )
})

test('indented JSON is read too, with tabs or spaces', () => {
  const value = fc.jsonValue({ maxDepth: 6 })
  const indent = fc.constantFrom(1, 2, 4, '\t')
  fc.assert(
    fc.property(value, indent, (data, space) => {
      const text = JSON.stringify(data, null, space)
      expect(valueOf(text)).toEqual(JSON.parse(text))
    }),
  )
})

test.each([
  ['a: yes\nb: on\nc: 2024-01-01\nd: 1_000', { a: 'yes', b: 'on', c: '2024-01-01', d: '1_000' }],
  ['[null, ~, Null, "", true, False, nul]', [null, null, null, '', true, false, 'nul']],
  ['a:\nb: ', { a: null, b: null }],
  ['[1, -2, +3, 0.5, .5, 1., 1e3, 0x1F, 0o17]', [1, -2, 3, 0.5, 0.5, 1, 1000, 31, 15]],
  ['[-a, +, ., 1a, 0x, 0b1]', ['-a', '+', '.', '1a', '0x', '0b1']],
  ['a: |\n  two\n   lines\n\nb: >-\n  one\n  line\n', { a: 'two\n lines\n', b: 'one line' }],
  ['\uFEFFa: 1\r\nb:\r\n  - 2\r\n', { a: 1, b: [2] }],
  ['a: &x { k: 1 }\nb: *x', { a: { k: 1 }, b: { k: 1 } }],
  ['--- # a comment\na: 1\n...\n', { a: 1 }],
  ['"\\ud83d\\ude00\\u0000"', '😀\0'],
])('%j', (text, value) => {
  expect(valueOf(text)).toEqual(value)
})

test('a key named __proto__ is a key like any other', () => {
  const value = valueOf('{ "__proto__": { "admin": true }, constructor: 1 }')
  expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
})

test('a key that is not text is its JSON, and says so', () => {
  const { root, problems } = read('{ input: a, n: 1 }: x\n7: y\n"7.0": z\n? [1, null]\n: list\n')
  expect(problems).toEqual([])
  expect((root as Node & { kind: 'map' }).entries.map(({ key, isTextKey }) => [key, isTextKey])).toEqual([
    ['{"input":"a","n":1}', false],
    ['7', false],
    ['7.0', true],
    ['[1,null]', false],
  ])
})

test('every node knows its place', () => {
  const text = 'steps:\n  - id: "a"\n    input: [1, { k: v }]\n  - id: b\n'
  const { root } = read(text)
  const written = (node: Node | null) => text.slice(node?.span.start, node?.span.end)
  const first = (child(root, 'steps') as Node & { kind: 'list' }).items[0] as Node
  expect(first.span).toMatchObject({ line: 2, column: 5 })
  expect(written(first)).toBe('id: "a"\n    input: [1, { k: v }]')
  expect(written(child(first, 'id'))).toBe('"a"')
  expect(written(child(first, 'input'))).toBe('[1, { k: v }]')
})

describe('what is refused, with its place', () => {
  test.each([
    ['the same key twice', 'a: 1\nb: 2\na: 3', ['error DUPLICATE_KEY 3:1']],
    [
      'the same key twice in a big mapping',
      `${'abcdefghij'.replaceAll(/./g, '$&: 1\n')}c: 2`,
      ['error DUPLICATE_KEY 11:1'],
    ],
    ['a number and a text that are one key', '{ 1: a, "1": b }', ['error DUPLICATE_KEY 1:9']],
    ['a tag', 'a: !!str 1\nb: !ruby/object {}', ['error SOURCE_TAG 1:4', 'error SOURCE_TAG 2:4']],
    ['a merge key', 'a: &a {}\nb:\n  <<: *a', ['error SOURCE_MERGE_KEY 3:3']],
    ['an alias of nothing', 'a: *b', ['error SOURCE_ALIAS 1:4']],
    ['an alias of what it is in', 'a: &a [*a]', ['error SOURCE_ALIAS 1:8']],
    ['an alias of another document', '&a 1\n---\n*a', ['error SOURCE_ALIAS 3:1', 'error SOURCE_DOCUMENTS 3:1']],
    ['a template without quotes', 'a: {{ x }}', ['error TEMPLATE_NOT_QUOTED 1:4']],
    ['a template and text without quotes', 'b: 1\na: {{ x.y }} and so on', ['error TEMPLATE_NOT_QUOTED 2:4']],
    ['a template with a subscript without quotes', '- {{ x["y"] }}', ['error TEMPLATE_NOT_QUOTED 1:3']],
    ['a statement without quotes', 'a: {% if x %}', ['error TEMPLATE_NOT_QUOTED 1:4']],
    [
      'numbers that JSON has not',
      '[.inf, -.INF, .nan, 1e999]',
      Array.from([2, 8, 15, 21], (c) => `error SOURCE_NUMBER 1:${c}`),
    ],
    ['a colon without a space in braces', '{ id:7, "a:b": 1, c:d: 2 }', ['warning SOURCE_COLON 1:3']],
    ['no text at all', '', ['error SOURCE_EMPTY -']],
    ['nothing but comments', '# only\n\n', ['error SOURCE_EMPTY -']],
    ['a second document', 'a: 1\n---\nb: 2', ['error SOURCE_DOCUMENTS 3:1']],
    ['NUL', 'a: 1\nb: \0', ['error SOURCE_CHARACTER 2:4']],
    ['half a surrogate pair', 'a: "\ud800"', ['error SOURCE_CHARACTER 1:5']],
    ['half a surrogate pair as an escape', 'a: "\\ud800"', ['error SOURCE_CHARACTER 1:4']],
    ['an escape beyond Unicode', 'a: "\\UFFFFFFFF"', ['error SOURCE_CHARACTER 1:4']],
    ['a mapping as a key of a key', '{ { { a: 1 }: 2 }: 3 }', ['error SOURCE_KEY 1:3']],
    ['a tab as indentation', 'a:\n\tb: 1', ['error SOURCE_SYNTAX 2:1']],
    ['a quote that does not end', 'a: "x', ['error SOURCE_SYNTAX 1:6']],
    ['a key without a colon', 'a: 1\nb\n', ['error SOURCE_SYNTAX 2:1']],
  ])('%s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  test.each([['01234'], ['12345678901234567890'], ['0000']])('the digits of %s are lost with a warning', (text) => {
    expect(problemsOf(`zip: ${text}`)).toEqual(['warning SOURCE_DIGITS 1:6'])
  })

  test.each([['0'], ['-0'], ['+1'], ['9007199254740991'], ['1.50'], ['"01234"']])('%s keeps its digits', (text) => {
    expect(problemsOf(`zip: ${text}`)).toEqual([])
  })
})

test.each([
  ['a: b: c', 'Cannot have a second ": " in one line', 'Quote the text that contains it'],
  ['a: @b', 'Cannot begin a value with "@"', 'Quote the text'],
  ['a: - b', 'Cannot begin a list on the line of its key', 'Put it on the next line'],
  ["a: 'it's'", 'Cannot go on after a closing quote', "Quote the whole value; in single quotes write '' for '"],
  ['a: "\\d"', 'Cannot read this escape sequence', 'Write \\\\ for a backslash, or use single quotes'],
  ['a: {{ x }}', 'Cannot read {{ x }} without quotes: to YAML it is a mapping', 'Quote it: "{{ x }}"'],
  ['a: [b c, [d] e]', 'Cannot find a "," between two values in brackets', 'Add it, or quote the text'],
])('the complaint about %j says what to do', (text, message, hint) => {
  expect(read(text).problems).toMatchObject([{ message, hint, file: 'flow.yaml' }])
})

const nine = (member: string) => Array.from({ length: 9 }, () => member).join(', ')

describe('bounds', () => {
  const small = { ...SOURCE_BOUNDS, sourceBytesMax: 10, documentsMax: 2 }
  test.each([
    ['sourceBytesMax', 'a: äöüäöü', small],
    ['documentsMax', '---\n---\n---', { ...small, sourceBytesMax: 100 }],
    ['sourceDepthMax', '['.repeat(10_000), SOURCE_BOUNDS],
    ['sourceDepthMax', '- '.repeat(10_000), SOURCE_BOUNDS],
    ['sourceDepthMax', `${'['.repeat(65)}${']'.repeat(65)}`, SOURCE_BOUNDS],
    [
      'sourceDepthMax',
      `- &a ${'['.repeat(40)}${']'.repeat(40)}\n- ${'['.repeat(40)}*a${']'.repeat(40)}`,
      SOURCE_BOUNDS,
    ],
    ['aliasesMax', `- &a 1\n${'- *a\n'.repeat(1_000)}`, SOURCE_BOUNDS],
    ['aliasNodesMax', `- &a [${'1,'.repeat(50_000)}]\n${'- *a\n'.repeat(40)}`, SOURCE_BOUNDS],
    ['aliasNodesMax', `- &a "${'x'.repeat(1_000_000)}"\n${'- *a\n'.repeat(40)}`, SOURCE_BOUNDS],
    ['collectionKeysMax', '? [a]\n: {[1]: 2}\n', { ...SOURCE_BOUNDS, collectionKeysMax: 1 }],
    ['collectionKeysMax', `? [${'1,'.repeat(600_000)}]\n: 2`, SOURCE_BOUNDS],
  ])('%s is named by the one error about it', (name, text, bounds) => {
    const { problems } = readSource({ text, file: null }, bounds)
    expect(problems).toMatchObject([{ code: 'SOURCE_BOUND', severity: 'error' }])
    expect(problems[0]?.message).toContain(name)
  })

  test('an alias bomb of nine levels is refused', () => {
    const levels = Array.from({ length: 9 }, (_, n) => `l${n}: &l${n} [${nine(n === 0 ? 'x' : `*l${n - 1}`)}]`)
    const { problems } = read(levels.join('\n'))
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['SOURCE_BOUND']))
  })

  test('a text of nothing but mistakes is read up to problemsMax of them', () => {
    const { root, problems } = read('? ? a\n'.repeat(20_000))
    expect(root).toBeNull()
    expect(problems).toHaveLength(1_001)
  })

  test('values that are empty but for a tag cost no more than others', () => {
    const { problems } = read(`- !a\n${'-\n'.repeat(3)}- !b`)
    expect(problems.map(({ span }) => span?.line)).toEqual([1, 5])
    const { root } = read('- 1\n- !a\n- 2')
    expect((root as Node & { kind: 'list' }).items[1]?.span).toMatchObject({ line: 2, column: 5 })
  })

  test('64 lists inside each other are read', () => {
    expect(problemsOf(`${'['.repeat(64)}1${']'.repeat(64)}`)).toEqual([])
  })

  test('problems are kept up to problemsMax, and counted beyond', () => {
    const problems = problemsOf('- .inf\n'.repeat(3_000))
    expect(problems).toHaveLength(1_001)
    expect(problems.at(-1)).toBe('error TOO_MANY_PROBLEMS -')
  })
})

test('documents are read in order, each with its own anchors', () => {
  const { roots, problems } = readDocuments({ text: 'a: 1\n---\n- 2\n---\nthree\n', file: null })
  expect(problems).toEqual([])
  expect(roots.map(toJson)).toEqual([{ a: 1 }, [2], 'three'])
})

test('a text without documents has none', () => {
  expect(readDocuments({ text: '# nothing\n', file: null })).toEqual({ roots: [], problems: [] })
})

test('no text makes the reader throw', () => {
  const pieces = ['a', ': ', '- ', '? ', '{', '}', '[', ']', ',', '"', "'", '\n', '\n  ', '\t', '&a ', '*a', '!t ', '|']
  const more = [
    '>',
    '#',
    '%TAG',
    '---',
    '...',
    '\\u',
    '\uFEFF',
    '\r',
    '{{',
    '}}',
    '<<',
    '.inf',
    '1',
    '~',
    '\ud800',
    '@',
  ]
  const piece = fc.constantFrom(...pieces, ...more)
  const text = fc.oneof(
    fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(text, (source) => {
      const { root, problems } = read(source)
      expect(root !== null || problems.length > 0).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
