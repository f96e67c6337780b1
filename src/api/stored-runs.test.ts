// Runs that processes leave and take up again: what is counted, what may be decided, and what is done once.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { component, openEngine, type Engine } from '../index.ts'
import { parts } from '../parts.ts'
import { StoreError } from '../stores/store-error.ts'
import { openMemoryStore } from '../stores/memory/memory-store.ts'
import { openEngineWith } from './open-engine.ts'

const newStore = (): string => `sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-stored-')), 'runs.db')}`
const hangs = (): Promise<never> => new Promise(() => undefined)
const NOT_LONG = { limits: { closeMsMax: 0 } }

async function begin(store: string, text: string, components = {}): Promise<string> {
  const engine = await openEngine({ store, components, ...NOT_LONG })
  const { id } = await engine.start(engine.compile(text))
  await engine.close()
  return id
}

async function rowIn(engine: Engine): Promise<object | undefined> {
  return (await engine.runs())[0]
}

test('a damaged row costs a program none of the other runs, and is told of as a warning', async () => {
  const store = newStore()
  const engine = await openEngine({ store })
  const flow = engine.compile('steps: []')
  const [first, second] = [await engine.start(flow), await engine.start(flow)]
  await Promise.all([first.result(), second.result()])
  await engine.close()
  const file = new DatabaseSync(store.slice('sqlite:'.length))
  file.exec("UPDATE runs SET flow = 'other' WHERE number = 1")
  file.close()
  const again = await openEngine({ store })
  expect((await again.runs()).map(({ id }) => id)).toEqual([second.id])
  await again.runs()
  const message = `The row of run ${first.id} is damaged`
  expect(again.warnings()).toEqual([{ code: 'STORE_DAMAGED', message }])
  await again.close()
})

test('a step is decided about while others are at work', async () => {
  const store = newStore()
  const components = { '/mail': component({ effect: 'at-most-once', run: hangs }), '/work': hangs }
  const id = await begin(store, 'steps: [{ id: mail, component: /mail }, { id: work, component: /work }]', components)
  const engine = await openEngine({ store, components, ...NOT_LONG })
  const run = await engine.resume(id, { decide: { mail: { kind: 'done', output: 'sent' } } })
  expect((await run.report()).steps.map(({ id: step, status, output }) => [step, status, output])).toEqual([
    ['mail', 'success', 'sent'],
    ['work', 'running', null],
  ])
  await engine.close()
})

test('a run that sleeps is taken up by any number of processes, and is never set aside for that', async () => {
  const store = newStore()
  await begin(store, 'steps: [{ id: a, component: /builtin/sleep, input: { duration_ms: 1000000 } }]')
  for (let process = 0; process < 5; process += 1) {
    const engine = await openEngine({ store })
    expect(await rowIn(engine)).toMatchObject({ status: 'running', waitsFor: { kind: 'timer' }, resumes: 0 })
    await engine.close()
  }
})

test('a run that is left in good order does not count against it, and one whose processes die does', async () => {
  const store = newStore()
  const components = { '/work': hangs }
  await begin(store, 'steps: [{ id: a, component: /work }]', components)
  for (let process = 0; process < 5; process += 1) {
    const engine = await openEngine({ store, components, ...NOT_LONG })
    expect(await rowIn(engine)).toMatchObject({ status: 'running', resumes: 1 })
    await engine.close()
  }
  const shared = await parts.openStore(store)
  for (let death = 0; death < 4; death += 1)
    await openEngineWith(parts, { store: { ...shared, close: () => undefined }, components }) // and nobody closes it
  expect((await shared.listRuns({ limit: 1 }))[0]).toMatchObject({
    status: 'paused',
    waitsFor: { kind: 'quarantine', reason: expect.stringContaining('3 processes in a row') },
  })
  await shared.close()
})

/** So many times all that waits for nothing happens, and no more. */
async function after(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
}

test.each([
  ['is taken up', 'steps: [{ id: a, component: /work }]'],
  ['is read again', 'steps: [{ id: a, component: /builtin/sleep, input: { duration_ms: 1000000 } }]'],
])('an engine that is closed while a run %s does not count against it', async (_, text) => {
  const store = newStore()
  const components = { '/work': hangs }
  const id = await begin(store, text, components)
  const shared = await parts.openStore(store)
  for (let turns = 0; turns < 40; turns += 1) {
    const options = { store: { ...shared, close: () => undefined }, components, resumes: false, ...NOT_LONG }
    const engine = await openEngineWith(parts, options)
    const [row] = await engine.runs()
    if (row === undefined) throw new Error('the run is there')
    const resuming = engine.core.resume(row).then((run) => engine.core.decide(run, []))
    await after(turns)
    await Promise.all([resuming.catch(String), engine.close()])
    expect([turns, await shared.getRun(id)]).toMatchObject([turns, { status: 'running', resumes: 0 }])
  }
  await shared.close()
})

test('two who take up a run at the same time get the same one, and its work is done once', async () => {
  const store = newStore()
  const id = await begin(store, 'steps: [{ id: a, component: /work }]', { '/work': hangs })
  let calls = 0
  const components = { '/work': async () => (calls += 1) }
  const engine = await openEngineWith(parts, { store, components, resumes: false })
  const runs = await Promise.all([engine.resume(id), engine.resume(id)])
  expect(await Promise.all(runs.map((run) => run.result()))).toEqual([
    { outcome: 'success', result: null },
    { outcome: 'success', result: null },
  ])
  expect(calls).toBe(1)
  await engine.close()
})

test('of a run whose start was refused nothing is ever stored, however far it had run ahead', async () => {
  const memory = openMemoryStore()
  let isFull = true
  const engine = await openEngine({
    store: {
      ...memory,
      traits: { ...memory.traits, durable: true, instant: false },
      append(batch) {
        if (isFull) throw new StoreError('STORE_FULL', 'The disk of the store is full', { isRetryable: true })
        return memory.append(batch)
      },
    },
    components: {
      '/pure': component({ effect: 'pure', run: () => new Promise((resolve) => void setTimeout(resolve, 5, 1)) }),
      '/next': async () => 2,
    },
  })
  const flow = engine.compile('steps: [{ id: a, component: /pure }, { id: b, component: /next, needs: [a] }]')
  await expect(engine.start(flow)).rejects.toMatchObject({ code: 'STORE_FULL' })
  isFull = false
  const later = engine.compile('steps: [{ id: c, component: /builtin/sleep, input: { duration_ms: 300 } }]')
  const again = async (): Promise<unknown> => engine.run(later).catch(() => null)
  while ((await again()) === null) await new Promise(setImmediate)
  expect((await memory.listRuns({ limit: 9 })).map(({ status }) => status)).toEqual(['completed'])
  await engine.close()
})

test('an engine that stays open forgets as fast as runs end', { timeout: 60_000 }, async () => {
  const engine = await openEngine({ store: newStore(), retention: { runsMax: 10 } })
  const flow = engine.compile('steps: [{ id: a, component: /builtin/noop, input: 1 }]')
  for (let wave = 0; wave < 30; wave += 1) await Promise.all(Array.from({ length: 100 }, () => engine.run(flow)))
  expect((await engine.runs({ limit: 10_000 })).length).toBeLessThan(700)
  await engine.close()
})
