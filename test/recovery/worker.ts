// A process that runs a flow on a file, says on standard output what its components do, and can be killed at any moment.
//   node worker.ts FILE LEDGER [start]
import { appendFileSync } from 'node:fs'
import { component, openEngine } from '../../src/index.ts'
import type { Json } from '../../src/lib/json.ts'

const [, , file = '', ledger = '', mode = ''] = process.argv

type Call = { readonly key: string; readonly attempt: number; readonly step: string }

/** One write for each call: who reads it knows what was begun. */
function note({ key, attempt, step }: Call): void {
  appendFileSync(ledger, `${JSON.stringify({ key: key.slice(key.indexOf('.')), attempt, step })}\n`)
}

const engine = await openEngine({
  store: `sqlite:${file}`,
  components: {
    '/work': async (input: Json, call: Call) => {
      note(call)
      return input
    },
    /** Never ends in the process that begins the run. */
    '/hang': async (input: Json, call: Call) => {
      note(call)
      process.stdout.write('hangs\n')
      return mode === 'start' ? new Promise<Json>(() => setInterval(() => undefined, 1_000)) : input
    },
    '/once': component({
      effect: 'at-most-once',
      onLost: 'fail',
      run: async (input: Json, call: Call) => {
        note(call)
        return mode === 'start' ? new Promise<Json>(() => undefined) : input
      },
    }),
  },
})

const flow = engine.compile(`
steps:
  - { id: before, component: /work, input: { n: 1 } }
  - { id: each, component: /work, needs: [before], forEach: [1, 2, 3], concurrency: 1, input: { i: { $item: $ } } }
  - { id: mail, component: /once, needs: [each], onError: { action: continue, default: unknown } }
  - { id: middle, component: /hang, needs: [each], input: { of: { $from: { step: each } } } }
  - { id: after, component: /work, needs: [middle, mail], input: { done: { $from: { step: middle }, path: of } } }
output: { $from: { step: after } }
`)
const run = await engine.start(flow, { key: 'the-run' })
process.stdout.write(`answered ${run.id}\n`)
process.stdout.write(`${JSON.stringify(await run.result())}\n`)
const report = await run.report()
process.stdout.write(
  `${JSON.stringify(report.steps.map(({ id, status, attempts, error }) => [id, status, attempts, error?.code ?? null]))}\n`,
)
await engine.close()
