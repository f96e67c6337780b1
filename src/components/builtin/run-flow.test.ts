// Flows that run other flows by their files, in either language.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEngine } from '../../index.ts'
import type { Json } from '../../lib/json.ts'

const rootDir = mkdtempSync(join(tmpdir(), 'millrace-flows-'))
mkdirSync(join(rootDir, 'parts'))
const files = {
  'greet.yaml': `
- { id: name, tool: INPUT_TEXT }
- { id: said, tool: OUTPUT_TEXT, needs: [name], input: { value: "Hello, {{ steps.name.result }}!" } }
`,
  'parts/fail.yaml': 'steps: [{ id: a, component: /fail }]',
  'parts/self.yaml': '- { id: again, tool: JINBA_FLOW_RUN, input: { file: parts/self.yaml } }',
  'broken.yaml': '- { id: a, tool: OUTPUT_TEXT, needs: [nobody] }',
}
for (const [name, text] of Object.entries(files)) writeFileSync(join(rootDir, name), text)

async function outcomeOf(flow: string, input: Json = {}): Promise<unknown> {
  const components = {
    '/fail': () => {
      throw Object.assign(new Error('no stock'), { code: 'OUT_OF_STOCK' })
    },
  }
  const engine = await openEngine({ rootDir, components })
  const outcome = await engine.run(engine.compile(flow), { input })
  await engine.close()
  return outcome
}

test('a manifest runs another one, and has what it gives as its result', async () => {
  const flow = '- { id: a, tool: JINBA_FLOW_RUN, input: { file: greet.yaml, args: { name: "{{ inputs.who }}" } } }'
  expect(await outcomeOf(flow, { who: 'Ada' })).toEqual({ outcome: 'success', result: 'Hello, Ada!' })
})

test('a StepFlow flow runs a manifest, once for each item', async () => {
  const flow = `
steps:
  - { id: all, component: /builtin/run_flow, forEach: [Ada, Bo], input: { file: greet.yaml, args: { name: { $item: $ } } } }
output: { $step: all }
`
  expect(await outcomeOf(flow)).toEqual({ outcome: 'success', result: ['Hello, Ada!', 'Hello, Bo!'] })
})

test.each<[string, string, object]>([
  ['a flow that fails fails its step', '{ file: parts/fail.yaml }', { code: 'OUT_OF_STOCK', message: 'no stock' }],
  ['a flow that runs itself ends', '{ file: parts/self.yaml }', { code: 'FRAMES_TOO_DEEP' }],
  ['an argument that is missing is told', '{ file: greet.yaml }', { code: 'INVALID_INPUT' }],
  ['a file that is not there is told', '{ file: absent.yaml }', { code: 'RESOURCE_UNAVAILABLE' }],
  ['a file outside is refused', '{ file: ../greet.yaml }', { code: 'INVALID_INPUT' }],
  ['a flow with errors is refused with them', '{ file: broken.yaml }', { code: 'INVALID_INPUT' }],
])('%s', async (_, input, error) => {
  expect(await outcomeOf(`- { id: a, tool: JINBA_FLOW_RUN, input: ${input} }`)).toMatchObject({
    outcome: 'failed',
    error,
  })
})
