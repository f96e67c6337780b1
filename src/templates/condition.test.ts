// Conditions: parsed first, and only then asked with values.
import { describe, expect, test } from 'vitest'
import { compileCondition, type ConditionAnswer, conditionReferences, parseCondition } from './condition.ts'
import { TEMPLATE_LIMITS } from './limits.ts'
import type { Settings } from './settings.ts'

const SETTINGS: Settings = { text: 'json', pure: 'native', code: null, leaves: null, limits: TEMPLATE_LIMITS }
const OPTIONS = { dashedNames: new Set(['my-id']), limits: TEMPLATE_LIMITS }

function ask(text: string, x: unknown, more: Readonly<Record<string, unknown>> = {}): ConditionAnswer {
  const parsed = parseCondition(text, OPTIONS)
  if (parsed.kind === 'problems') throw new Error(parsed.problems[0]?.message)
  return compileCondition(parsed.condition, SETTINGS)(() => undefined, { ...more, ...(x === undefined ? {} : { x }) })
}

function isTrue(text: string, x: unknown): unknown {
  const answer = ask(text, x)
  return answer.kind === 'value' ? answer.isTrue : answer.problem.message
}

describe('a condition says', () => {
  test.each<[string, unknown, unknown]>([
    ["'{{x}}' == 'urgent'", 'urgent', true],
    ['"{{x}}" == "urgent"', 'urgent', true],
    ["'{{x}}' == 'urgent'", "it's urgent", false],
    ["'{{x}}' == 'a'", "' == '' or '1' == '1", false],
    ["'{{x}}' == 'a'", 'two\nlines', false],
    ["'{{x}}' == '{{ \"b\" }}'", 'b', true],
    ["'pre-{{x}}' == 'pre-1'", 1, true],
    ['{{x}} > 5', 6, true],
    ['{{x}} > 5', '6', true],
    ['{{x}} > 5', 'high', 'Cannot order text that is no number and a number'],
    ['{{x}} > 5', null, 'Cannot order none and a number'],
    ['{{x}} >= 5 and {{x}} < 10', 5, true],
    ["{{x}} < '2026-01-02'", '2026-01-01', true],
    ['{{x}} == true', true, true],
    ["'{{x}}' == 'true'", true, true],
    ["'{{x}}' == 'True'", true, true],
    ["'{{x}}'", false, false],
    ['{{x}} == true', 'True', true],
    ['{{x}} == true', 1, false],
    ['{{x}} == 5', '5.0', true],
    ['{{x}} === "5"', 5, true],
    ["{{x}} == '05'", '5', false],
    ['{{x}} == null', null, true],
    ['{{x}} == null', undefined, true],
    ["'{{x}}' == null", undefined, true],
    ["'{{x}}' == ''", undefined, true],
    ["{{x}} == ''", null, false],
    ['{{x}} != null', 0, true],
    ['{{x}} == [1, 2]', [1, 2], true],
    ['{{x}}', 'false', false],
    ['{{x}}', ' 0 ', false],
    ['{{x}}', 'no', true],
    ['{{x}}', [], false],
    ['{{x}}', {}, false],
    ['{{x}}', undefined, false],
    ['not {{x}}', '', true],
    ['!{{x}} || false', 0, true],
    ["'a' in {{x}}", ['a'], true],
    ["'a' not in {{x}}", 'abc', false],
    ["{{x}} contains 'b'", 'abc', true],
    ["{{x}} contains 'k'", { k: 1 }, true],
    ['{{x}} in [1, "2"]', 2, true],
    ['{{x}} * 2 + 1 == 7', 3, true],
    ['({{x}} + 1) % 2 == 0', '3', true],
    ["{{ x | trim | lower }} == 'yes'", ' Yes ', true],
    ['x.a[0] == 1 && x["b c"] == 2', { a: [1], 'b c': 2 }, true],
    ['{% if x > 2 %}true{% else %}false{% endif %}', 3, true],
    ['{{x}} -1 == 0', 1, true],
    ['-1 < {{x}}', 0, true],
    ['true', null, true],
  ])('%s with %j: %j', (text, x, expected) => {
    expect(isTrue(text, x)).toEqual(expected)
  })
})

test('the operands that were looked at are told, and only those', () => {
  expect(
    ask("{{ steps.a.n }} > 5 and steps.my-id == 'x' and {{ steps.b }}", undefined, {
      steps: { a: { n: 6 }, 'my-id': 'y' },
    }),
  ).toEqual({
    kind: 'value',
    isTrue: false,
    operands: [
      { text: 'steps.a.n', value: 6 },
      { text: 'steps.my-id', value: 'y' },
    ],
    warnings: [],
  })
})

test('a condition tells what it reads, holes, quotes and bare paths alike', () => {
  const parsed = parseCondition("'{{ a.b }}' == c.my-id.d[0] or {{ e | default(f) }}", OPTIONS)
  const references = parsed.kind === 'condition' ? conditionReferences(parsed.condition) : []
  expect(references.map(({ path }) => path.join('.'))).toEqual(['a.b', 'c.my-id.d.0', 'e', 'f'])
})

test('values of a text that blocks made are not evaluated again', () => {
  expect(isTrue("{% set y = x %}'{{ y }}' == 'a'", '{{ 1 }}')).toBe(false)
  expect(isTrue('{% set y = x %}{{ y }}', '{{ 1 }}')).toBe('Text that blocks made has a hole in it')
})

describe('what cannot be read is found before anything is asked', () => {
  test.each([
    ['', 'The condition is empty'],
    ['{{x}} = 5', 'Unexpected ='],
    ['{{x}} == urgent or not', 'The condition ends too early'],
    ["'{{x}} == 'a'", 'Unexpected a'],
    ['{{x}}_suffix == 1', 'Unexpected _suffix'],
    ['1 < 2 < 3', 'Comparisons do not follow one another'],
    ['({{x}}', 'A closing bracket is missing'],
    ['{{ x | nope }}', 'No filter "nope"'],
    ['{{ x }', 'Unexpected }'],
    ['{{x}} is defined', 'Unexpected is'],
    [`${'('.repeat(10_000)}1`, 'Nested more than 64 levels deep (nestingMax)'],
    [`1${' + 1'.repeat(10_000)}`, 'More than 500 in a row (chainMax)'],
  ])('%s', (text, message) => {
    expect(parseCondition(text, OPTIONS)).toMatchObject({ kind: 'problems', problems: [{ message }] })
  })
})
