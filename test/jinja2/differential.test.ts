// Templates render as Jinja2 renders them: those of a list by theme, and random ones.
// More of the random ones: MILLRACE_CASES=20000 npx vitest run test/jinja2
import { describe, expect, test } from 'vitest'
import { renderTemplate } from '../../src/templates/render-template.ts'
import { CONTEXT } from './context.ts'
import { anyTemplate } from './generate.ts'
import { askJinja2, type Answer } from './jinja2.ts'
import { TEMPLATES } from './templates.ts'

const FIRST_SEED = Number(process.env['MILLRACE_SEED'] ?? 1)
const CASES = Number(process.env['MILLRACE_CASES'] ?? 600)

/** Jinja2 takes milliseconds for a template; this is no bound on ours. */
const JINJA2_MS = 300_000

/** What differs, if anything does; of errors, only that there is one. */
function differenceFrom(template: string, answer: Answer | undefined): object | null {
  const rendered = renderTemplate(template, CONTEXT, { text: 'python', pure: 'text' })
  if (answer === undefined) return { template, rendered, jinja2: 'did not answer' }
  const isSame =
    'error' in answer ? rendered.kind === 'failed' : rendered.kind === 'value' && rendered.value === answer.output
  return isSame ? null : { template, jinja2: answer, rendered }
}

function differences(templates: readonly string[]): readonly object[] {
  const answers = askJinja2(templates.map((template) => ({ template, context: CONTEXT })))
  return templates.flatMap((template, index) => differenceFrom(template, answers[index]) ?? [])
}

describe('templates render as Jinja2 renders them', () => {
  test(
    'those of the list, by theme',
    () => {
      const templates = Object.values(TEMPLATES).flat()
      expect(templates.length).toBeGreaterThan(600)
      expect(differences(templates)).toEqual([])
    },
    JINJA2_MS,
  )

  test(
    `${CASES} random ones, seeds from ${FIRST_SEED}`,
    () => {
      expect(differences(Array.from({ length: CASES }, (_, index) => anyTemplate(FIRST_SEED + index)))).toEqual([])
    },
    JINJA2_MS,
  )
})
