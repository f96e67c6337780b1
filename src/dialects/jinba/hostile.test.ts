// Manifests that are long, deep or wrong all over end soon. Where a search is quadratic, these tests run into their time limit.
import { expect, test } from 'vitest'
import { openEngine } from '../../index.ts'

const many = Array.from({ length: 10_000 }, (_, index) => index)

async function compile(text: string): Promise<unknown> {
  const engine = await openEngine({ store: 'memory', components: { ECHO: (input: unknown) => input } })
  const flow = engine.compile(text)
  await engine.close()
  return flow
}

function steps(write: (index: number) => string): string {
  return many.map((index) => `- { id: s-${index}, tool: ECHO${write(index)} }`).join('\n')
}

function block(line: (index: number) => string): string {
  return `- id: a\n  tool: ECHO\n  input:\n    x: |\n${many.map((index) => `      ${line(index)}`).join('\n')}\n`
}

test.each<[string, string]>([
  [
    'steps that each read the one before, by ids with hyphens',
    steps((i) => (i === 0 ? '' : `, input: { x: "{{ steps.s-${i - 1}.status }}" }`)),
  ],
  [
    'steps that each need two others on a condition',
    steps((i) => (i < 2 ? '' : `, needs: [s-${i - 1}, s-${i - 2}], when: "{{ inputs.a }} == ${i}"`)),
  ],
])('10,000 %s are compiled', async (_, text) => {
  expect(await compile(text)).toMatchObject({ kind: 'flow' })
})

test.each<[string, string]>([
  ['a template of 10,000 names that are not there', block((index) => `{{ n${index} }}`)],
  ['a template of 1 MB', block(() => 'a'.repeat(90))],
  ['a condition with 100,000 spaces', `- { id: a, tool: ECHO, when: "{{${' '.repeat(100_000)}inputs.a }} and true" }`],
])('%s is compiled', async (_, text) => {
  expect(await compile(text)).toMatchObject({ kind: 'flow' })
})

test.each<[string, string, string]>([
  ['too many references in one template', block((index) => `{{ inputs.n${index}.a.b.c }}`), 'TEMPLATE_LIMIT'],
  [
    'a value of 5,000 levels',
    `- { id: a, tool: ECHO, input: { x: ${'['.repeat(5_000)}${']'.repeat(5_000)} } }`,
    'SOURCE_BOUND',
  ],
  ['10,000 broken templates', steps(() => ', input: { x: "{{ a b }}" }'), 'TEMPLATE_SYNTAX'],
  ['10,000 unknown steps', steps(() => ', needs: [nobody]'), 'UNDEFINED_STEP_REFERENCE'],
  ['10,000 steps of one id', many.map(() => '- { id: a, tool: ECHO }').join('\n'), 'DUPLICATE_STEP_ID'],
  [
    '10,000 parameters of one name',
    `- id: a\n  tool: ECHO\n  input:\n${many.map(() => '    - { name: n, value: 1 }').join('\n')}`,
    'DUPLICATE_KEY',
  ],
])('%s are problems', async (_, text, code) => {
  const problem: unknown = expect.objectContaining({ code })
  expect(await compile(text)).toMatchObject({ kind: 'problems', problems: expect.arrayContaining([problem]) })
})
