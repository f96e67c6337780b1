// A process that runs a workload on a file, and can be killed, cut off or refused at any moment.
//   node child.ts FILE LEDGER WORKLOAD LANGUAGE ROUNDS
// It says `ready`, waits for a byte, opens the file, and tells each answer that it was given with one write after it was given.
// WORKLOAD may be `all`. A process that is given the same file again has the same keys, so it meets the same runs and ends them.
import { openSync, readSync, writeSync } from 'node:fs'
import { component, openEngine, type Call, type Component, type Engine, type Flow, type Json } from '../../src/index.ts'
import { toAnswer, type Answered } from './answers.ts'
import { WORKLOADS, type Language, type Planned, type Workload } from './workloads.ts'

const [, , file = '', ledgerPath = '', name = '', language = 'stepflow', rounds = '1'] = process.argv
/** Six runs of three of them are more than the write-ahead log holds before it is folded into the file. */
const TEXT_BYTES = 300_000

type Numbers = { readonly n: number }
type Note = (what: string, call: Call) => void

/** One write for each call, when it begins. */
function ledgerIn(path: string): Note {
  const ledger = openSync(path, 'a')
  return (what, { key, attempt }) => {
    const line = { what, key, attempt, atMs: Date.now(), process: process.pid }
    writeSync(ledger, `${JSON.stringify(line)}\n`)
  }
}

function add({ n }: Numbers): Json {
  return { n: n + 1 }
}

function componentsWith(note: Note): Record<string, Component> {
  const noted = (what: string, answer: (input: Numbers, call: Call) => unknown): Component =>
    component({
      run: (input: Numbers, call: Call) => {
        note(what, call)
        return answer(input, call)
      },
    })
  return {
    '/add': noted('/add', add),
    '/later': noted('/later', async (input) => {
      await new Promise(setImmediate)
      return add(input)
    }),
    '/flaky': noted('/flaky', (input, { attempt }) => {
      if (attempt === 1) throw new Error('Not at the first time')
      return add(input)
    }),
    '/once': component({
      effect: 'at-most-once',
      onLost: 'fail',
      run: async (input: Json, call: Call) => {
        note('/once', call)
        await new Promise(setImmediate)
        return input
      },
    }),
    '/sum': component({
      run: ({ of }: { readonly of: readonly Numbers[] }, call: Call) => {
        note('/sum', call)
        return { n: of.reduce((sum, { n }) => sum + n, 0) }
      },
    }),
    '/text': noted('/text', ({ n }, { key }) => ({
      n: n + 1,
      text: `${key} `.repeat(Math.ceil(TEXT_BYTES / key.length)),
    })),
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}

function sayAnswer(answer: Answered): void {
  say(JSON.stringify(answer))
}

async function begin(engine: Engine, flow: Flow, { key, input, ends }: Planned): Promise<void> {
  const run = await engine.start(flow, { key, input })
  sayAnswer({ kind: 'started', key, run: run.id })
  sayAnswer(toAnswer(key, run.id, ends === null ? await run.cancel('enough') : await run.result()))
}

async function work(engine: Engine, { name: kind, waves, flows }: Workload, round: number): Promise<void> {
  const flow = engine.compile(JSON.stringify(flows[language as Language]))
  if (flow.kind === 'problems') throw new Error(JSON.stringify(flow.problems))
  for (const wave of waves)
    await Promise.all(
      wave.map(async (planned) => begin(engine, flow, { ...planned, key: `${round}.${kind}.${planned.key}` })),
    )
}

/** Everything is loaded before the file is opened: what is counted from then on is the store's doing. */
async function warmUp(workloads: readonly Workload[]): Promise<void> {
  const engine = await openEngine({ components: componentsWith(() => undefined) })
  await import('../../src/stores/sqlite/sqlite-store.ts')
  for (const workload of workloads) {
    const flow = engine.compile(JSON.stringify(workload.flows[language as Language]))
    const [planned] = workload.waves[0] ?? []
    if (flow.kind === 'problems' || planned === undefined) throw new Error(`Cannot run ${workload.name}`)
    const run = await engine.start(flow, { input: planned.input })
    await (planned.ends === null ? run.cancel() : run.result())
  }
  await engine.close()
}

async function main(): Promise<void> {
  const note = ledgerIn(ledgerPath)
  const workloads = name === 'all' ? WORKLOADS : WORKLOADS.filter((workload) => workload.name === name)
  await warmUp(workloads)
  say('ready')
  readSync(0, Buffer.alloc(1))
  const engine = await openEngine({ store: `sqlite:${file}`, components: componentsWith(note) })
  say('open')
  for (let round = 0; round < Number(rounds); round += 1)
    for (const workload of workloads) await work(engine, workload, round)
  await engine.close()
  say('closed')
}

main().catch((error: unknown) => {
  if (!(error instanceof Error)) throw error
  say(`refused ${'code' in error ? String(error.code) : error.message}`)
  process.exit(3)
})
