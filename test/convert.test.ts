// A flow that is written in the other language, as far as that can say it, does what it did.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../src/api/operations/convert.ts'
import { openEngine } from '../src/index.ts'
import { isRecord, type Json, type JsonRecord } from '../src/lib/json.ts'
import { parts } from '../src/parts.ts'
import { readDocuments } from '../src/source/read.ts'
import { toJson } from '../src/source/to-json.ts'

const root = join(import.meta.dirname, '..')
const file = join(root, 'cases/pairs/pairs.yaml')
const pairs = readDocuments({ text: readFileSync(file, 'utf8'), file })
  .roots.map(toJson)
  .filter(isRecord)

async function converted(flow: string, to: string): Promise<{ text: string; losses: readonly string[] }> {
  const host = { parts, cwd: root, env: {}, readStdin: () => Promise.resolve(flow) }
  const answer = await convert.handler(['-'], { to, config: null, overrides: null }, host)
  if (answer.kind === 'problems') throw new Error(JSON.stringify(answer.problems))
  return { text: answer.text, losses: answer.losses.map(({ what }) => what) }
}

const components = {
  '/echo': (input: Json) => input,
  '/fail': () => {
    throw new Error('down')
  },
  '/flaky': (input: Json, { attempt }: { readonly attempt: number }) => {
    if (attempt === 1) throw new Error('not yet')
    return input
  },
  '/odd': ({ i }: { readonly i: number }) => {
    if (i % 2 === 0) throw new Error(`${i} is even`)
    return i
  },
  '/slow': () => new Promise<Json>(() => undefined),
}

async function stepsOf(text: string, input: Json): Promise<Json> {
  const engine = await openEngine({ store: 'memory', components })
  const run = await engine.start(engine.compile(text), { input })
  await run.result()
  const { steps } = await run.report()
  await engine.close()
  return steps
    .filter(({ id }) => id !== 'result')
    .map(({ id, status, attempts, output, error }) => [id, status, attempts, error?.code ?? null, withoutRun(output)])
}

/** Ids of runs differ. */
function withoutRun(output: Json): Json {
  return isRecord(output) && Object.hasOwn(output, 'run_id') ? { ...output, run_id: null } : output
}

describe.each([
  ['stepflow', 'jinba'],
  ['jinba', 'stepflow'],
])('from %s to %s', (from, to) => {
  test.each(pairs.map((pair): [string, JsonRecord] => [JSON.stringify(pair['name']), pair]))(
    '%s does the same, unless it says what it lost',
    async (_, pair) => {
      const text = JSON.stringify(pair[from])
      const { text: other, losses } = await converted(text, to)
      const isWhole = losses.every((loss) => !/condition|text with holes|expression|input/.test(loss))
      const input = pair['input'] ?? {}
      const [shown, wanted] = isWhole
        ? [await stepsOf(other, input), await stepsOf(text, input)]
        : [losses.length > 0, true]
      expect(shown).toEqual(wanted)
    },
  )
})

test('what a language cannot say is told, step by step', async () => {
  const manifest = `
- { id: a, tool: INPUT_TEXT, input: { value: hi } }
- { id: b, tool: OUTPUT_TEXT, needs: [a], when: "'{{steps.a.result}}' == 'hi'", input: { value: "say {{steps.a.result}}" } }
`
  const { losses } = await converted(manifest, 'stepflow')
  expect(losses).toEqual([`its condition: '{{steps.a.result}}' == 'hi'`, 'a text with holes: say {{steps.a.result}}'])
})

test('the orders of the example are priced in the other language too', async () => {
  const { text } = await converted(readFileSync(join(root, 'examples/orders/flow.yaml'), 'utf8'), 'jinba')
  expect(text).toContain("forEach: '{{ inputs.orders }}'")
  expect(text).toContain('when: not {{ steps.total.result.isOrdinary }}')
})
