import { expect, test } from 'vitest'
import type { Problem } from '../plan/problem.ts'
import { excerptOf } from './excerpt.ts'
import { readSource } from './read.ts'
import { showProblem } from './show-problem.ts'

const problem: Problem = {
  code: 'UNDEFINED_STEP_REFERENCE',
  severity: 'error',
  message: 'Cannot find step "lod"',
  file: 'flow.yaml',
  span: { line: 2, column: 17, start: 24, end: 27 },
  step: 'page',
  hint: 'Did you mean "load"?',
}
const text = 'steps:\n\tinput: { $step: lod }\n'

test('a problem is shown with its place, its line and what to do', () => {
  expect(showProblem(problem, text)).toBe(
    [
      'error: Cannot find step "lod" (UNDEFINED_STEP_REFERENCE)',
      '  at flow.yaml:2:17, step "page"',
      '  2 |   input: { $step: lod }',
      '    |                   ^^^',
      '  Did you mean "load"?',
    ].join('\n'),
  )
})

test('what is not known is left out', () => {
  expect(showProblem({ ...problem, span: null, step: null, hint: null }, text)).toBe(
    'error: Cannot find step "lod" (UNDEFINED_STEP_REFERENCE)\n  in flow.yaml',
  )
  expect(showProblem({ ...problem, file: null }, null)).toContain('\n  at line 2, column 17, step "page"\n')
})

test('parts can be painted', () => {
  const shown = showProblem(problem, text, (part, words) => `<${part}>${words}</${part}>`)
  expect(shown).toContain('<error>error:</error> <message>Cannot find step "lod"</message>')
  expect(shown).toContain('<error>                  ^^^</error>')
})

test('a text cannot steer the terminal that shows it', () => {
  const hostile = { ...problem, message: 'a\u001b[2Jb', step: 'c\u202ed', hint: 'e\u0007f' }
  const shown = showProblem(hostile, 'x\n\u001b]0;title\u0007 lod lod lod lod')
  expect(['\u001b', '\u0007', '\u202e'].filter((character) => shown.includes(character))).toEqual([])
})

const line = (source: string, at: number, length = 1) =>
  excerptOf(source, { line: 1, column: at + 1, start: at, end: at + length })

test('the mark stands below its place, after tabs too', () => {
  expect(line('\t\tab cd', 5, 2)).toEqual({ line: 1, text: '    ab cd', mark: `${' '.repeat(7)}^^` })
})

test('of a long line, the part around the place is shown', () => {
  const excerpt = line(`${'a'.repeat(500)}HERE${'b'.repeat(500)}`, 500, 4)
  expect(excerpt?.text).toBe(`…${'a'.repeat(40)}HERE${'b'.repeat(56)}…`)
  expect(excerpt?.mark).toBe(`${' '.repeat(41)}^^^^`)
})

test('a place of many lines is marked on its first', () => {
  expect(line('one\r\ntwo', 0, 8)).toEqual({ line: 1, text: 'one', mark: '^^^' })
})

test('the end of the text is a place', () => {
  expect(line('a: "x', 5)).toEqual({ line: 1, text: 'a: "x', mark: '     ^' })
})

test('a place beyond the text is none', () => {
  expect(line('short', 99)).toBeNull()
})

test('a megabyte on one line is shown as one line of the screen', () => {
  const source = { text: `{"a": "${'x'.repeat(1_000_000)}`, file: 'big.json' }
  const [first] = readSource(source).problems
  expect(showProblem(first as Problem, source.text).length).toBeLessThan(500)
})
