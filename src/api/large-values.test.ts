// Large values are stored apart, once, and are passed from step to step as they are.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { component, type Json } from '../index.ts'
import { parts } from '../parts.ts'
import type { Store } from '../stores/store.ts'
import { openEngineWith, type InnerEngine, type OpenOptions } from './open-engine.ts'

const LARGE = { rows: Array.from({ length: 2_000 }, (_, index) => ({ id: 2_000 - index, name: `customer ${index}` })) }
const FLOW = `
steps:
  - { id: first, component: /make, input: { $input: $ } }
  - { id: second, component: /pass, input: { $step: first } }
  - { id: third, component: /pass, input: { $step: second } }
output: { $step: third }
`

async function open(components: NonNullable<OpenOptions['components']>): Promise<{
  readonly engine: InnerEngine
  readonly put: readonly string[]
}> {
  const store = await parts.openStore(`sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-large-')), 'runs.db')}`)
  const put: string[] = []
  const putBlob: Store['putBlob'] = (hash, text, run) => {
    put.push(hash)
    return store.putBlob(hash, text, run)
  }
  return { engine: await openEngineWith(parts, { store: { ...store, putBlob }, components }), put }
}

test('a large value that is passed on is the same object, and is written once', async () => {
  const seen: Json[] = []
  const pass = (value: Json): Json => {
    seen.push(value)
    return value
  }
  const { engine, put } = await open({ '/make': () => structuredClone(LARGE), '/pass': pass })
  expect(await engine.run(engine.compile(FLOW))).toEqual({ outcome: 'success', result: LARGE })
  expect(seen[1]).toBe(seen[0])
  expect(new Set(put).size).toBe(1)
  expect(put).toHaveLength(1)
  await engine.close()
})

test('a step that changes a large value which others read fails, and says so', async () => {
  const empty = component({
    effect: 'pure',
    run(value: typeof LARGE) {
      value.rows.length = 0
      return value
    },
  })
  const { engine } = await open({ '/make': () => structuredClone(LARGE), '/pass': empty })
  const outcome = await engine.run(engine.compile(FLOW))
  expect(outcome).toMatchObject({ outcome: 'failed', error: { message: expect.stringContaining('read only') } })
  await engine.close()
})

test('a large value that is frozen on its outside only cannot be changed either', async () => {
  const { engine } = await open({
    '/make': () => Object.freeze(structuredClone(LARGE)),
    '/pass'(value: typeof LARGE) {
      value.rows.pop()
      return value
    },
  })
  expect(await engine.run(engine.compile(FLOW))).toMatchObject({ outcome: 'failed' })
  await engine.close()
})

test('what a caller gave and what it gets are its own to change', async () => {
  const input = structuredClone(LARGE)
  const { engine } = await open({ '/make': (value: Json) => value, '/pass': (value: Json) => value })
  const outcome = await engine.run(engine.compile(FLOW), { input })
  input.rows.reverse()
  if (outcome.outcome !== 'success') throw new Error('It failed')
  expect(Object.isFrozen(outcome.result)).toBe(false)
  expect(outcome.result).toEqual(LARGE)
  await engine.close()
})

test('a caller that changes its input while it is being stored changes no run, its own or another', async () => {
  const inner = await parts.openStore(`sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-large-')), 'runs.db')}`)
  const [asked, changed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slow: Store['putBlob'] = async (hash, text, run) => {
    asked.resolve()
    await changed.promise
    await inner.putBlob(hash, text, run)
  }
  const components = { '/count': ({ rows }: typeof LARGE) => rows.length }
  const engine = await openEngineWith(parts, { store: { ...inner, putBlob: slow }, components })
  const flow = engine.compile('steps: [{ id: a, component: /count, input: { $input: $ } }]\noutput: { $step: a }')
  const input = structuredClone(LARGE)
  const first = engine.run(flow, { input })
  await asked.promise
  input.rows.length = 0
  changed.resolve()
  expect(await first).toEqual({ outcome: 'success', result: 2_000 })
  expect(await engine.run(flow, { input: LARGE })).toEqual({ outcome: 'success', result: 2_000 })
  await engine.close()
})
