// A template's life: parsed, asked what it reads, compiled with slots, rendered.
import { describe, expect, test } from 'vitest'
import { TEMPLATE_LIMITS } from './limits.ts'
import { renderTemplate } from './render-template.ts'
import type { Settings } from './settings.ts'
import { type Bind, compileTemplate, parseTemplate, referencesOf, type Template, UNDEFINED } from './template.ts'

const SETTINGS: Settings = { text: 'json', pure: 'native', code: null, leaves: null, limits: TEMPLATE_LIMITS }

function parse(text: string, dashed: readonly string[] = []): Template {
  const parsed = parseTemplate(text, { dashedNames: new Set(dashed), limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'problems') throw new Error(parsed.problems[0]?.message)
  return parsed.template
}

function json(text: string, context: Readonly<Record<string, unknown>> = {}): unknown {
  const rendered = renderTemplate(text, context, { text: 'json', pure: 'native' })
  return rendered.kind === 'value' ? rendered.value : rendered.problem
}

describe('a template that is one hole gives its value', () => {
  test.each([
    ['{{ x }}', [1, { a: null }]],
    ['  {{ x }}\n', [1, { a: null }]],
    ['{{ x[0] + 0.5 }}', 1.5],
    ['{{ 6 / 2 }}', 3],
    ['{{ x | length > 1 }}', true],
    ['{{ nothing }}', null],
    ['{{ {"a": (1, 2), "b": x | map("string") } }}', { a: [1, 2], b: ['1', '{"a": null}'] }],
    ['{{ [] }}{{ [] }}', '[][]'],
    ['{% if true %}{{ x }}{% endif %}', '[1, {"a": null}]'],
    ['a {{ x }}', 'a [1, {"a": null}]'],
    ['{{ "1" }}', '1'],
    ['{{ 2 ** 70 }}', 2 ** 70],
  ])('%s', (text, value) => {
    expect(json(text, { x: [1, { a: null }], nothing: null })).toEqual(value)
  })
})

test('a value of the context passes by identity, and is never changed', () => {
  const context = { list: [1, 2] }
  expect(json('{{ list }}', context)).toBe(context.list)
  expect(json('{% set _ = list.append(3) %}', context)).toMatchObject({ code: 'TEMPLATE_ERROR' })
  expect(json('{% set own = list | list %}{% set _ = own.append(3) %}{{ own }}{{ list }}', context)).toBe(
    '[1, 2, 3][1, 2]',
  )
})

test('in text, values are JSON where the setting says so, and what Python prints otherwise', () => {
  const context = { x: { a: true, b: null, c: 'it\'s "so"', d: 1.5, e: 2 } }
  expect(json('= {{ x }} {{ x.a }} {{ x.b }}', context)).toBe(
    '= {"a": true, "b": null, "c": "it\'s \\"so\\"", "d": 1.5, "e": 2} true null',
  )
  expect(renderTemplate('= {{ x }} {{ x.a }} {{ x.b }}', context, { text: 'python', pure: 'text' })).toMatchObject({
    value: "= {'a': True, 'b': None, 'c': 'it\\'s \"so\"', 'd': 1.5, 'e': 2} True None",
  })
})

test('where text is JSON, keys win over methods', () => {
  const context = { x: { items: [1], keys: 'k' }, y: { a: 1 } }
  expect(json('{{ x.items }} {{ x.keys }} {{ y.items() }}', context)).toBe('[1] k [["a", 1]]')
})

describe('what is undefined', () => {
  test('is null alone and empty in text, with a warning that has a place', () => {
    expect(renderTemplate('{{ a.b }}', { a: {} })).toMatchObject({
      value: null,
      warnings: [{ code: 'TEMPLATE_UNDEFINED', line: 1, column: 6 }],
    })
    expect(renderTemplate('x\n[{{ nope }}]', {})).toMatchObject({ value: 'x\n[]', warnings: [{ line: 2, column: 5 }] })
  })

  test('has no properties, unless a default or a question is behind them', () => {
    expect(json('{{ a.b.c }}', { a: {} })).toMatchObject({ code: 'TEMPLATE_ERROR', line: 1, column: 8 })
    expect(json('{{ a.b.c.d | default("d") }}', { a: {} })).toBe('d')
    expect(json('{{ a.b["c"] is defined }}', { a: {} })).toBe(false)
    expect(json('{{ (a.b.c | upper) | d("d") }}', { a: {} })).toBe('')
  })
})

const bind: Bind = (path) =>
  path[0] === 'steps' ? { slot: Number(path[1] === 'b'), taken: Math.min(3, path.length) } : null

describe('slots', () => {
  const values = [{ x: { y: [10, 20] } }, UNDEFINED]
  const render = (text: string): unknown => {
    const rendered = compileTemplate(
      parse(text, ['my-id']),
      SETTINGS,
      bind,
    )((slot) => values[slot], { other: { z: 'o' } })
    return rendered.kind === 'value' ? rendered.value : rendered.problem.message
  }

  test('stand for the beginning of a path; the rest is looked up in them, and other names by name', () => {
    expect(render('{{ steps.a.result.x.y[1] }}')).toBe(20)
    expect(render('{{ steps.a.result["x"].y[-1] }} {{ other.z }}')).toBe('20 o')
    expect(render('{{ steps.b.result }}')).toBe(null)
    expect(render('{{ steps.b.result.x }}')).toBe('"steps.b.result" is undefined')
    expect(render('{{ steps.b.result.x | default(1) }}')).toBe(1)
  })

  test('are not asked for what the template sets itself', () => {
    expect(render('{% set steps = {"a": 1} %}{{ steps.a }}')).toBe('1')
    expect(
      render('{% if other.nope %}{% set steps = {"a": {"result": {"x": 2}}} %}{% endif %}{{ steps.a.result.x.y }}'),
    ).toBe('[10, 20]')
    expect(render('{% for steps in [1] %}{{ steps }}{% endfor %}')).toBe('1')
  })
})

const paths = (text: string): unknown => referencesOf(parse(text, ['my-id'])).map(({ path }) => path.join('.'))

describe('what a template reads', () => {
  test.each([
    ['{{ steps.a.result.rows[0]["x y"] }}', ['steps.a.result.rows.0.x y']],
    ['{{ steps.my-id.result - 1 }} {{ steps.my-other }}', ['steps.my-id.result', 'steps.my', 'other']],
    ['{{ a.b.items() }} {{ a.upper().x }}', ['a.b', 'a']],
    ['{{ a[b.c].d }}', ['a', 'b.c']],
    ['{% for x in xs.list %}{{ x.y }}{{ loop.index }}{{ z }}{% endfor %}{{ x }}', ['xs.list', 'z', 'x']],
    ['{% set a = b %}{{ a.c }}', ['b']],
    ['{{ a }}{% set a = 1 %}{{ a }}', ['a']],
    ['{% if c %}{% set a = 1 %}{% endif %}{{ a }}', ['c', 'a']],
    ['{% if c %}{% set a = 1 %}{% else %}{% set a = 2 %}{% endif %}{{ a }}', ['c']],
    ['{% macro m(p, q=r) %}{{ p }}{{ s }}{{ varargs }}{% endmacro %}{{ m(1) }}', ['r', 's']],
    ['{{ range(3) }}{{ dict(a=b) }}{{ range.x }}', ['b', 'range.x']],
    ['{{ "a" | replace(b, c=d) }}{{ e is eq f }}', ['b', 'd', 'e', 'f']],
  ])('%s', (text, expected) => {
    expect(paths(text)).toEqual(expected)
  })

  test('with what may be missing, and whether something computed follows', () => {
    const references = referencesOf(parse('{{ a.b | default(c) }}{{ d is defined }}{{ 1 if e.f else 2 }}{{ g[h] }}'))
    expect(references.filter(({ isGuarded }) => isGuarded).map(({ path }) => path.join('.'))).toEqual([
      'a.b',
      'd',
      'e.f',
    ])
    expect(references.filter(({ isWhole }) => !isWhole).map(({ path }) => path.join('.'))).toEqual(['g'])
    expect(references[0]?.span).toEqual({ start: 3, end: 6 })
  })
})

describe('problems have a place and a hint', () => {
  test.each([
    ['a\n {{ b c }}', 2, 7, /Expected the end, found c/],
    ['{{ a', 1, 1, /hole is not closed/],
    ['{% if a %}\n{% else %}', 1, 4, /"if" is not closed/],
    ['{% iff a %}', 1, 4, /Unknown block "iff"/],
    ['{{ a | uper }}', 1, 8, /No filter "uper"/],
    ['{{ a is numbr }}', 1, 9, /No test "numbr"/],
    ['{{ a && b }}', 1, 6, /Unexpected &/],
    ["{% include 'x' %}", 1, 4, /needs other templates/],
    ['\n\n{{ 1 + "a" }}', 3, 4, /Cannot calculate a number \+ text/],
    ['{{ 1\n/ 0 }}', 1, 4, /Division by zero/],
    ["{% set a = {'b': [{}]} %}{{ a.b[0].c.d }}", 1, 38, /^"a\.b\[0\]\.c" is undefined: a mapping has no "c"$/],
    ['{{ 1e400 }}', 1, 1, /inf has no form in JSON/],
    ['{{ 1 }}.{{ range | tojson(1) }}', 1, 20, /a function has no form in JSON/],
  ])('%s', (text, line, column, message) => {
    expect(json(text)).toMatchObject({ line, column, message: expect.stringMatching(message) })
  })
})
