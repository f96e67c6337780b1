// Templates whose text is source code: no value can leave the place where it stands.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { spawnSync } from 'node:child_process'
import type { CodeLanguage } from './escape.ts'
import { TEMPLATE_LIMITS } from './limits.ts'
import { compileTemplate, parseTemplate } from './template.ts'

function render(code: CodeLanguage, text: string, names: Readonly<Record<string, unknown>>): string {
  const parsed = parseTemplate(text, { dashedNames: new Set(), limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'problems') throw new Error(parsed.problems[0]?.message)
  const settings = { text: 'json', pure: 'text', code, leaves: null, limits: TEMPLATE_LIMITS } as const
  const rendered = compileTemplate(parsed.template, settings)(() => undefined, names)
  return rendered.kind === 'value' ? String(rendered.value) : `! ${rendered.problem.message}`
}

describe('a hole in source code', () => {
  const x = 'it\'s "a"\n\\{b}`${c}'
  test.each<[CodeLanguage, string, string]>([
    ['python', 'y = {{ x }}', String.raw`y = 'it\'s "a"\n\\{b}` + "`${c}'"],
    ['python', 'y = "{{ x }}" + {{ n }}', String.raw`y = "it's \"a\"\n\\{b}` + '`${c}" + None'],
    ['python', "y = f'{{ x }}'", String.raw`y = f'it\'s "a"\n\\{{b}}` + "`${{c}}'"],
    ['python', 'y = """{{ x }}"""', String.raw`y = """it's \"a\"\n\\{b}` + '`${c}"""'],
    ['python', 'y = r"{{ x }}"', '! The value has quotes or backslashes that raw text cannot hold'],
    ['python', 'y = r"{{ t }}"', 'y = r"plain"'],
    ['python', '# {{ x }}\ny = {{ t }}', "# it's \"a\" \\{b}`${c}\ny = 'plain'"],
    ['python', 'y = {{ list }}', "y = [1, True, None, 'q']"],
    ['python', 'y = [{% for v in list %}{{ v }}, {% endfor %}]', "y = [1, True, None, 'q', ]"],
    ['python', "y = '{% for v in list %}{{ v }}, {% endfor %}'", "y = '1, True, None, q, '"],
    ['python', 'y = {{ list | tojson }}', 'y = [1, true, null, "q"]'],
    ['python', 'y = {{ t | safe }}()', 'y = plain()'],
    ['python', 'y = {{ t | e }}', "y = 'plain'"],
    ['python', 'y = {{ nope }}', 'y = None'],
    ['python', '{% macro let(k, v) %}{{ k | safe }} = {{ v }}{% endmacro %}{{ let("a", t) }}', "a = 'plain'"],
    ['python', '{% set s %}{{ t }}{% endset %}y = {{ s }}', "y = 'plain'"],
    ['javascript', 'let y = {{ x }}', 'let y = "it\'s \\"a\\"\\n\\\\{b}`${c}"'],
    ['javascript', 'let y = `{{ x }}`', 'let y = `it\'s "a"\\n\\\\\\{b}\\`\\$\\{c}`'],
    ['javascript', 'let y = `${ {{ t }} } {{ t }}`', 'let y = `${ "plain" } plain`'],
    ['javascript', "let y = '{{ t }}' // {{ x }}", "let y = 'plain' // it's \"a\" \\{b}`${c}"],
    ['javascript', 'let y = /{{ dot }}"/g, z = {{ t }}', 'let y = /a\\.b"/g, z = "plain"'],
    ['javascript', 'let y = `${{ open }}`', 'let y = `$\\{b}`'],
    ['javascript', '/* *{{ close }} {{ star }}/ */', '/* *\u2215 f() \u00b7/ */'],
    ['javascript', 'let y = /{{ empty }}/', 'let y = /(?:)/'],
    ['python', 'y = "C:\\{{ quote }}"', 'y = "C:\\\\\\""'],
    ['python', 'y = "C:\\{% if one %}"{% endif %}{{ quote }}"', 'y = "C:\\"\\""'],
    ['python', 'y = r"C:\\{{ t }}"', '! A value cannot stand right behind a backslash of raw text'],
    ['python', 'y = f{{ open }}', "y = f '{b}'"],
    ['python', 'y_{{ one }} = {{ one }}', 'y_1 = 1'],
    ['javascript', 'let y = a / {{ one }} / "{{ t }}"', 'let y = a / 1 / "plain"'],
    [
      'json',
      '{"a": {{ x }}, "b": "<{{ t }}>", "c": {{ list }}}',
      `{"a": ${JSON.stringify(x)}, "b": "<plain>", "c": [1, true, null, "q"]}`,
    ],
  ])('of %s: %s', (language, text, expected) => {
    expect(
      render(language, text, {
        x,
        t: 'plain',
        n: null,
        list: [1, true, null, 'q'],
        dot: 'a.b',
        one: 1,
        open: '{b}',
        close: '/ f()',
        star: '*',
        empty: '',
        quote: '"',
      }),
    ).toBe(expected)
  })
})

const anyText = fc.string({ unit: fc.constantFrom(...Array.from('ab\'"\\`{}$#/*\n\r\u2028 é😀%<')), maxLength: 20 })

test('whatever a text holds, JSON with it in a value and in quotes is read as it was', () => {
  fc.assert(
    fc.property(anyText, (x) => {
      expect(JSON.parse(render('json', '{"a": {{ x }}, "b": "-{{ x }}-"}', { x }))).toEqual({ a: x, b: `-${x}-` })
    }),
  )
})

test('whatever a text holds, Python reads it as it was, bare and in each kind of quotes', () => {
  const texts = fc.sample(anyText, { numRuns: 300, seed: 1 })
  const line =
    'print(ascii([{{ x }}, \'-{{ x }}-\', "-{{ x }}-", f"-{{ x }}-", \'\'\'-{{ x }}-\'\'\', """-{{ x }}-"""]))  # {{ x }}'
  const code = texts.map((x) => render('python', line, { x })).join('\n')
  const child = spawnSync('python3', ['-c', code], { encoding: 'utf8' })
  if (child.error !== undefined) throw new Error('python3 is not there: apt-get install -y python3-jinja2')
  const expected = texts.map((x) => `[${[x, ...Array.from({ length: 5 }, () => `-${x}-`)].map(asciiRepr).join(', ')}]`)
  expect(child.stderr).toBe('')
  expect(child.stdout.trim().split('\n')).toEqual(expected)
})

/** Python's `ascii` of a text, for the characters that the test uses. */
function asciiRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inside = Array.from(text).map((char) => {
    const named = { '\n': '\\n', '\r': '\\r', '\\': '\\\\', [quote]: `\\${quote}` }[char]
    const point = char.codePointAt(0) ?? 0
    if (named !== undefined) return named
    if (point < 0x80) return char
    if (point < 0x100) return `\\x${point.toString(16)}`
    return point < 0x10000 ? `\\u${point.toString(16).padStart(4, '0')}` : `\\U${point.toString(16).padStart(8, '0')}`
  })
  return quote + inside.join('') + quote
}
