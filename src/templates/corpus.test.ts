// What Jinja2 renders, as it was recorded; the folder with the records lies beside the repository.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderTemplate } from './render-template.ts'

type Case = { readonly id: string; readonly template: string; readonly output?: string; readonly error?: string }
type Corpus = { readonly context: Readonly<Record<string, unknown>>; readonly cases: readonly Case[] }

const FILE = join(import.meta.dirname, '../../../shared/corpus/jinja2/cases.json')

test.skipIf(!existsSync(FILE))('the recorded templates render as Jinja2 renders them', () => {
  const { context, cases }: Corpus = JSON.parse(readFileSync(FILE, 'utf8'))
  const different = cases.flatMap(({ id, template, output, error }) => {
    const rendered = renderTemplate(template, context, { text: 'python', pure: 'text' })
    const isSame = rendered.kind === 'failed' ? error !== undefined : rendered.value === output
    return isSame ? [] : [{ id, template, output, error, rendered }]
  })
  expect(different).toEqual([])
  expect(cases.length).toBeGreaterThan(90)
})
