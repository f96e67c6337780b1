import { expect, test } from 'vitest'
import { problemsMax, suggestionsMax } from './bounds.ts'
import { NOWHERE } from './node.ts'
import { Report } from './report.ts'

const at = (start: number) => ({ line: start + 1, column: 1, start, end: start + 1 })

test('problems are listed in the order of the text, with file and step', () => {
  const report = Report.of('flow.yaml')
  report.inStep('b').warning('LATER', at(7), 'Cannot do this', 'Do that')
  report.error('SOONER', at(2), 'Cannot do that', null, 3003)
  expect(report.list()).toEqual([
    {
      code: 'SOONER',
      severity: 'error',
      message: 'Cannot do that',
      file: 'flow.yaml',
      span: at(2),
      step: null,
      hint: null,
      upstream: 3003,
    },
    {
      code: 'LATER',
      severity: 'warning',
      message: 'Cannot do this',
      file: 'flow.yaml',
      span: at(7),
      step: 'b',
      hint: 'Do that',
    },
  ])
})

test('what has no place has no span', () => {
  const report = Report.of(null)
  report.error('X', NOWHERE, 'Cannot say where')
  expect(report.list()).toMatchObject([{ span: null, file: null }])
})

test('suggestions are searched for only so often', () => {
  const report = Report.of(null)
  for (let n = 0; n <= suggestionsMax; n++) report.warning('X', at(n), 'Cannot find it', () => 'Did you mean "it"?')
  expect(
    report
      .list()
      .map(({ hint }) => hint)
      .lastIndexOf('Did you mean "it"?'),
  ).toBe(suggestionsMax - 1)
})

test('an error beyond the last kept problem is still an error', () => {
  const report = Report.of(null)
  for (let n = 0; n < problemsMax; n++) report.warning('X', at(n), 'Cannot like it')
  expect(report.hasErrors).toBe(false)
  report.error('Y', at(0), 'Cannot do it')
  expect(report.hasErrors).toBe(true)
  expect(report.list().at(-1)).toMatchObject({ code: 'TOO_MANY_PROBLEMS', severity: 'error' })
})
