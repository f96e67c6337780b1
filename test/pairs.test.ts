// One workflow in both languages is the same run: the same events in the same order.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openEngine } from '../src/index.ts'
import { isRecord, type Json, type JsonRecord } from '../src/lib/json.ts'
import { readDocuments } from '../src/source/read.ts'
import { toJson } from '../src/source/to-json.ts'

const file = join(import.meta.dirname, '../cases/pairs/pairs.yaml')
const pairs = readDocuments({ text: readFileSync(file, 'utf8'), file })
  .roots.map(toJson)
  .filter(isRecord)

const components = {
  '/echo': (input: Json) => input,
  '/fail': () => {
    throw Object.assign(new Error('down'), { code: 'DOWN' })
  },
  '/flaky': (input: Json, { attempt }: { readonly attempt: number }) => {
    if (attempt === 1) throw new Error('not yet')
    return input
  },
  '/odd': ({ i }: { readonly i: number }) => {
    if (i % 2 === 0) throw new Error(`${i} is even`)
    return i
  },
  '/slow': (_: Json, { signal }: { readonly signal: AbortSignal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
}

async function eventsOf(flow: Json, input: Json): Promise<readonly Json[]> {
  const engine = await openEngine({ store: 'memory', components })
  const run = await engine.start(engine.compile(JSON.stringify(flow)), { input })
  const events: Json[] = []
  for await (const event of run.events()) events.push(canonical(JSON.parse(JSON.stringify(event))))
  await engine.close()
  return events
}

/** Without times, ids of plans, the words of conditions, and the result that each language picks in its own way. */
const leftOut = new Set([
  'atMs',
  'retryAtMs',
  'untilMs',
  'plan',
  'values',
  'name',
  'value',
  'traceback',
  'result',
  'run_id',
])

function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isRecord(value)) return value
  const isCondition = value['kind'] === 'condition-false'
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) =>
      leftOut.has(key) || (isCondition && key === 'message') ? [] : [[key, canonical(part)]],
    ),
  )
}

describe('a workflow in both languages', () => {
  test.each(pairs.map((pair): [string, JsonRecord] => [JSON.stringify(pair['name']), pair]))('%s', async (_, pair) => {
    const { stepflow = null, jinba = null, input = {} } = pair
    expect(await eventsOf(jinba, input)).toEqual(await eventsOf(stepflow, input))
  })

  test('there are twenty pairs at least', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(20)
  })
})
