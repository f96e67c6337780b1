// Templates that want out, or want everything: none reaches the host, and all of them end.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { notPlain } from '../lib/plain-data.ts'
import { renderTemplate } from './render-template.ts'

const SETTINGS = [
  { text: 'json', pure: 'native' },
  { text: 'python', pure: 'text' },
] as const
const CONTEXT = {
  x: { a: 1, list: [1, 2, 3] },
  text: 'abc',
  list: Array.from({ length: 1_000 }, (_, index) => index),
  big: 'ab '.repeat(300_000),
}

/** What can be told about the host, if anything can. */
const TELLS = /\[native code\]|=>|function \w*\(|class \w+ \{|\[object|node:|prototype/

test('JSON of a great depth is beyond a limit, whatever becomes of it', () => {
  const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  for (const template of ['{{ text | fromjson }}', 'x {{ text | fromjson }}', '{{ (text | fromjson) | length }}'])
    expect(renderTemplate(template, { text })).toMatchObject({ problem: { code: 'TEMPLATE_LIMIT' } })
})

describe('nothing of the host is reachable', () => {
  test.each([
    'constructor',
    'x.constructor',
    'x["constructor"]',
    'x.constructor.constructor("return process")()',
    'x["constr" ~ "uctor"]["constructor"]("return 1")()',
    'text.constructor',
    '[].constructor',
    '[].map',
    '[].concat([1])',
    '{}.toString',
    'x.toString()',
    'x.__proto__',
    'x["__proto__"]',
    'x.list.__proto__.push(4)',
    'text.__class__',
    '[].__class__.__mro__',
    '"".__class__.__base__.__subclasses__()',
    "''|attr('__class__')",
    "x|attr('constructor')",
    "x|map(attribute='constructor')|list",
    "[x]|map(attribute='__proto__.polluted')|list",
    "[x]|groupby('__proto__')",
    "x|attr('a')|attr('constructor')",
    '__proto__',
    'toString',
    'hasOwnProperty("a")',
    'range.constructor',
    'range.call',
    'range.apply(none, [1])',
    'text.upper.constructor("return 1")()',
    'text.upper.call',
    'namespace(a=1).constructor',
    'namespace.__init__.__globals__',
    'cycler.__init__.__globals__.os',
    'joiner("x").write',
    'dict(a=1).entries()',
    'dict(__proto__=1).polluted',
    '"{0.__class__}".format(text)',
    '"{0.constructor}".format(x)',
    '"{x.__proto__}".format(x=x)',
    '"{0[constructor]}".format(x)',
    '"%(constructor)s" % x',
    '"%(__proto__)s" | format(**x)',
    'self',
    'self.__dict__',
    'config',
    'request',
    'process',
    'globalThis',
    'this',
    'lipsum',
    'x.list.length',
    'text.length',
    'x.list["length"]',
    '(1).toFixed(2)',
    '1 .__class__',
    'none.__class__',
    'true.constructor',
    'x.list.at(0)',
    'text.replaceAll("a", "b")',
    '("a"|safe).kind',
    '(range(3)).start',
    'x.items.call',
    '(x|items).rest',
  ])('%s', (expression) => {
    for (const settings of SETTINGS) {
      for (const template of [`{{ ${expression} }}`, `[{{ ${expression} }}]`, `{{ (${expression}) | string }}`]) {
        const rendered = renderTemplate(template, CONTEXT, settings)
        if (rendered.kind === 'failed') continue
        expect(notPlain(rendered.value, true)).toBe(null)
        expect(JSON.stringify(rendered.value)).not.toMatch(TELLS)
        // Undefined at most, or `none` in the text of a list of it.
        expect(JSON.stringify(rendered.value)).toMatch(
          /^(?:null|"\[?(?:null|Undefined|\[Undefined\]|\[null\]|<[\w ]+>|\[.*\])?\]?"|\[.*\])$/,
        )
      }
    }
  })

  test('keys that are named like what objects have are data like any other', () => {
    const context = JSON.parse('{"x": {"constructor": "McLaren", "__proto__": {"a": 1}, "toString": "t", "length": 5}}')
    expect(
      renderTemplate('{{ x.constructor }} {{ x["__proto__"].a }} {{ x.toString }} {{ x.length }} {{ x }}', context),
    ).toMatchObject({
      value: 'McLaren 1 t 5 {"constructor": "McLaren", "__proto__": {"a": 1}, "toString": "t", "length": 5}',
    })
    expect(renderTemplate('{{ {"__proto__": 1, "a": 2} }}', {})).toMatchObject({
      value: JSON.parse('{"__proto__": 1, "a": 2}'),
    })
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false)
  })

  test('a getter or a function in the context is never run', () => {
    const context = { f: () => 'ran', x: { g: () => 'ran' } }
    for (const text of [
      '{{ f() }}',
      '{{ x.g() }}',
      '{{ f }}',
      '[{{ x.g }}]',
      '{{ x }}.',
      '{{ [f] | map("string") | list }}',
    ])
      for (const settings of SETTINGS) {
        const rendered = renderTemplate(text, context, settings)
        expect(JSON.stringify(rendered)).not.toContain('ran')
      }
  })
})

describe('a runaway template ends with a limit', () => {
  test.each(
    [
      '{{ range(10 ** 9) | list }}',
      '{% for i in range(10 ** 9) %}{% endfor %}',
      '{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}',
      '{% for a in list %}{% for b in list %}{% if a %}{% endif %}{% endfor %}{% endfor %}',
      '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
      '{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}',
      '{% macro f() %}{% set x = f() %}{% endmacro %}{{ f() }}',
      '{% for n in [1] recursive %}{{ loop([1]) }}{% endfor %}',
      '{% macro f() %}{% call f() %}{% endcall %}{{ caller() }}{% endmacro %}{% call f() %}{% endcall %}',
      "{{ 'x' * 10 ** 9 }}",
      "{{ 'x' * 10 ** 400 }}",
      '{{ [0] * 10 ** 9 }}',
      '{{ 2 ** 100000 }}',
      '{{ 9 ** (9 ** 9) }}',
      '{{ (2 ** 8000) * (2 ** 8000) }}',
      "{{ 'a' | center(10 ** 9) }}",
      "{{ 'a'.zfill(10 ** 9) }}",
      "{{ '%1000000000d' % 1 }}",
      "{{ '%*d' % (1000000000, 1) }}",
      "{{ '{:1000000000}'.format(1) }}",
      "{{ 'a\nb' | indent(10 ** 9) }}",
      "{{ '\t'.expandtabs(10 ** 9) }}",
      '{{ [1] | batch(10 ** 9, 0) | list }}',
      '{{ [1] | slice(10 ** 9) | list }}',
      '{{ {"a": 1} | tojson(10 ** 9) }}',
      '{{ list | join(big) }}',
      "{{ big | replace('a', big) }}",
      "{{ big | replace('', 'xxxx') }}",
      `{% set x = 'ab' %}${'{% set x = x + x %}'.repeat(40)}`,
      `{% set x = 'ab' %}${'{% set x = x ~ x %}'.repeat(40)}`,
      `{% set x = [1] %}${'{% set x = x + x %}'.repeat(40)}`,
      '{% set a = [1] %}{% for i in list %}{% set _ = a.extend(a) %}{% endfor %}',
      '{% for i in list %}{{ big | upper | length }}{% endfor %}',
      "{% for i in list %}{% if 'zz' in big %}{% endif %}{% endfor %}",
      '{% for i in list %}{{ list | sort | first }}{% endfor %}',
      '{% for i in list %}{{ list == list[:] }}{% endfor %}',
      '{% for i in list %}{{ big }}{% endfor %}',
      '{% for i in list %}{% set x %}{{ big }}{% endset %}{% endfor %}',
      '{% set a = [] %}{% set _ = a.append(a) %}{{ a }}.',
      '{% set a = [] %}{% set _ = a.append(a) %}{{ a | tojson }}',
      '{% set a = [] %}{% set _ = a.append(a) %}{{ a | pprint }}',
      `{{ ${'('.repeat(10_000)}1${')'.repeat(10_000)} }}`,
      `{{ ${'['.repeat(10_000)} }}`,
      `{{ ${'-'.repeat(10_000)}1 }}`,
      `{{ ${'not '.repeat(10_000)}1 }}`,
      `{{ 1${' + 1'.repeat(10_000)} }}`,
      `{{ a${'.a'.repeat(10_000)} }}`,
      `{{ a${'[0]'.repeat(10_000)} }}`,
      `{{ 1${'|abs'.repeat(10_000)} }}`,
      `{{ 1${' if 1 else 1'.repeat(5_000)} }}`,
      '{% if 1 %}'.repeat(5_000),
      `{{ [${'1,'.repeat(200_000)}] }}`,
      `{{ ${'9'.repeat(900_000)} }}`,
      'x'.repeat(1_000_001),
    ].map((text) => ({ name: text.slice(0, 80), text })),
  )('$name', ({ text }) => {
    const rendered = renderTemplate(text, CONTEXT, { text: 'python', pure: 'text' })
    expect(rendered).toMatchObject({ kind: 'failed', problem: { code: 'TEMPLATE_LIMIT' } })
  })

  test('and data that is nested deeper than the stack is refused, not a crash', () => {
    let deep: unknown = null
    for (let level = 0; level < 100_000; level += 1) deep = [deep]
    for (const text of [
      '{{ deep }}.',
      '{{ deep | tojson }}',
      '{{ deep | pprint }}',
      '{{ deep == [deep] }}',
      '{{ [deep] | string }}',
    ])
      expect(renderTemplate(text, { deep })).toMatchObject({ problem: { code: 'TEMPLATE_LIMIT' } })
    expect(renderTemplate('{{ deep }}', { deep })).toMatchObject({ value: deep })
  })

  test('text that makes patterns backtrack takes no longer than other text', () => {
    for (const part of [
      '%(',
      '{a',
      '{:',
      '{:{b}',
      '(',
      '.',
      'a.',
      '<',
      '<!--',
      '&',
      '-',
      'a-',
      ' ',
      '\n',
      '@',
      'www.',
      'http://a',
    ])
      for (const use of [
        '% ()',
        '| striptags',
        '| urlize',
        '| wordwrap(9)',
        '| title',
        '| wordcount',
        '| indent',
        '| trim',
        '| int',
        '| float',
        '| fromjson',
      ])
        expect(renderTemplate(`{{ part * 50000 ${use} }}`, { part }).kind).toMatch(/value|failed/)
  })
})

const anyText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '{{',
        '}}',
        '{%',
        '%}',
        ' x',
        '.a',
        '[0]',
        '["a"]',
        '|upper',
        '|map("first")',
        '|list',
        ' + ',
        ' ~ ',
        "'t'",
        '1',
        '(',
        ')',
        ' if ',
        ' else ',
        ' for y in ',
        ' set y = ',
        'endfor',
        'endif',
        'y',
        ' is ',
        ' in ',
        '-',
        ',',
        ':',
        '{',
        '}',
        'range(3)',
        '.items()',
        '.append(1)',
        ' macro f(a) ',
        'endmacro',
        'f(1)',
        '**',
        '{#',
        '#}',
        '\n',
        'loop',
        '|tojson',
        '|attr("a")',
        '|default(',
        '.constructor',
        '.__proto__',
        '|sort',
        '|groupby("a")',
        '%',
        '//',
      ),
      { maxLength: 25 },
    )
    .map((words) => words.join(' ')),
)

test('any text with any data gives plain data or a problem with a place; it throws nothing and shows nothing of the host', () => {
  fc.assert(
    fc.property(anyText, fc.dictionary(fc.constantFrom('x', 'y', 'a', 'list'), fc.jsonValue()), (text, context) => {
      for (const settings of SETTINGS) {
        const rendered = renderTemplate(text, context, settings)
        const isPlaced = rendered.kind === 'value' || rendered.problem.line > 0
        const isPlain = rendered.kind === 'failed' || notPlain(rendered.value, true) === null
        const isTelling = TELLS.test(JSON.stringify(rendered)) && !TELLS.test(text + JSON.stringify(context))
        expect({ isPlaced, isPlain, isTelling }).toEqual({ isPlaced: true, isPlain: true, isTelling: false })
      }
    }),
    { numRuns: 3_000 },
  )
})
