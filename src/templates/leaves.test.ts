// Values of the embedder that templates may pass on and join with text, and must open for everything else.
import { describe, expect, test } from 'vitest'
import { compileCondition, parseCondition } from './condition.ts'
import { escapeText } from './escape.ts'
import { TEMPLATE_LIMITS } from './limits.ts'
import { TemplateFault } from './problem.ts'
import type { Settings } from './settings.ts'
import { compileTemplate, parseTemplate } from './template.ts'
import type { TextPart } from './text-builder.ts'

class Secret {
  readonly kind = 'secret'
}
class Joined {
  readonly parts: readonly TextPart[]
  constructor(parts: readonly TextPart[]) {
    this.parts = parts
  }
}
const KEY = new Secret()
class Far {
  readonly kind = 'far'
}

const SETTINGS: Settings = {
  text: 'json',
  pure: 'native',
  code: null,
  limits: TEMPLATE_LIMITS,
  leaves: {
    isLeaf: (value) => value instanceof Secret || value instanceof Joined || value instanceof Far,
    open(leaf) {
      if (leaf instanceof Far) return { rows: [1, 2] }
      throw new TemplateFault('SECRET_OPERATION', 'A secret can be passed on, and nothing else')
    },
    join: (parts) => new Joined(parts),
  },
}

function render(text: string, settings: Partial<Settings> = {}): unknown {
  const parsed = parseTemplate(text, { dashedNames: new Set(), limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'problems') return parsed.problems[0]?.message
  const rendered = compileTemplate(parsed.template, { ...SETTINGS, ...settings })(() => undefined, {
    key: KEY,
    far: new Far(),
  })
  return rendered.kind === 'value' ? rendered.value : rendered.problem.code
}

/** The text at last, with `***` for the secret. */
function opened(value: unknown, secret = '***'): unknown {
  if (value instanceof Secret) return secret
  if (!(value instanceof Joined)) return value
  return value.parts
    .map((part) => (typeof part === 'string' ? part : escapeText(String(opened(part.leaf, secret)), part.escape)))
    .join('')
}

describe('a leaf is passed on', () => {
  test('as it is, also inside lists and mappings', () => {
    expect(render('{{ key }}')).toBe(KEY)
    expect(render('{{ [key, {"k": key}] }}')).toEqual([KEY, { k: KEY }])
    expect(render('{{ key | default("x") }}')).toBe(KEY)
    expect(render('{% set k = key %}{{ k if true else 1 }}')).toEqual(new Joined([{ leaf: KEY, escape: 'plain' }]))
  })

  test.each([
    ['Bearer {{ key }}!', 'Bearer ***!'],
    ["{{ 'Bearer ' ~ key }}", 'Bearer ***'],
    ["{{ 'Bearer ' + key + '!' }}", 'Bearer ***!'],
    ["{{ ['a', key] | join('-') }}", 'a-***'],
    ["{{ '-'.join(['a', key]) }}", 'a-***'],
    ['{% macro auth(k) %}Bearer {{ k }}{% endmacro %}{% set a = auth(key) %}{{ a }}.', 'Bearer ***.'],
    ['{% for k in [key, "b"] %}{{ k }},{% endfor %}', '***,b,'],
    ['{{ {"k": key} }}.', '{"k": "***"}.'],
  ])('%s', (text, expected) => {
    expect(opened(render(text))).toBe(expected)
  })
})

test('a leaf in source code is escaped for its place when it is opened', () => {
  const secret = 'a"b\\'
  expect(opened(render('k = {{ key }}; f("{{ key }}")', { code: 'python' }), secret)).toBe(
    'k = \'a"b\\\\\'; f("a\\"b\\\\")',
  )
  expect(opened(render('{"k": {{ [key] }}}', { code: 'json', pure: 'text' }), secret)).toBe('{"k": ["a\\"b\\\\"]}')
})

test('everything else asks for it to be opened, which a secret refuses', () => {
  for (const text of [
    '{{ key | upper }}',
    '{{ key[0] }}',
    '{{ key == "a" }}',
    '{{ key | length }}',
    '{% if key %}{% endif %}',
    '{{ key * 2 }}',
    '{{ "a" in key }}',
    '{{ key.strip() }}',
    '{{ [key] | tojson }}',
    '{% for c in key %}{% endfor %}',
    '{{ "%s" | format(key) }}',
    '{{ {key: 1} }}',
    '{{ [key] | sort | unique | list }}',
    '{{ key | e }}',
    '{{ key is string }}',
  ])
    expect([text, render(text)]).toEqual([text, 'SECRET_OPERATION'])
})

test('a condition cannot look at a secret, however it is written', () => {
  for (const text of [
    "{{ key }} == 'a'",
    '{{ key }}',
    "'{{ key }}' == 'a'",
    "{% if true %}'{{ key }}' == 'a'{% endif %}",
  ]) {
    const parsed = parseCondition(text, { dashedNames: new Set(), limits: TEMPLATE_LIMITS })
    const answer =
      parsed.kind === 'condition' ? compileCondition(parsed.condition, SETTINGS)(() => undefined, { key: KEY }) : parsed
    expect(answer).toMatchObject({ kind: 'failed', problem: { code: 'SECRET_OPERATION' } })
  }
})

test('a value that lies elsewhere is looked up when a template looks inside', () => {
  expect(render('{{ far.rows[1] }}')).toBe(2)
  expect(render('{% for row in far["rows"] %}{{ row }}{% endfor %}')).toBe('12')
  expect(render('{{ far }}')).toBeInstanceOf(Far)
})

test('what the embedder throws for its own purposes passes through', () => {
  const leaves = {
    ...SETTINGS.leaves,
    open: () => {
      throw new RangeError('not loaded')
    },
    isLeaf: () => true,
    join: () => '',
  }
  expect(() => render('{{ far.rows }}', { leaves })).toThrow('not loaded')
})
