// Starts a run and waits for its end apart from that. A flow that failed is a value, not a thrown error.
import assert from 'node:assert/strict'
import { openEngine } from '../../src/index.ts'

const engine = await openEngine({
  components: {
    '/card/charge': async ({ cents }: { cents: number }) => {
      throw Object.assign(new Error(`Cannot charge ${cents} cents`), { code: 'CARD_DECLINED' })
    },
  },
})
const flow = engine.compile(`
steps:
  - id: charge
    component: /card/charge
    input: { cents: { $input: $.cents } }
output: { $step: charge }
`)

const run = await engine.start(flow, { input: { cents: 990 } }) // resolved: its start is stored
const outcome = await run.result()

assert.deepEqual(outcome, {
  outcome: 'failed',
  error: { code: 'CARD_DECLINED', message: 'Cannot charge 990 cents', step: 'charge' },
})

const report = await run.report() // what happened, step by step
assert.deepEqual(report.steps[0]?.input, { cents: 990 })
assert.equal(report.steps[0]?.cause?.kind, 'component-failed')

await engine.close()
