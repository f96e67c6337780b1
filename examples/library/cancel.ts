// Cancels a run. What runs is told so by its signal.
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { openEngine } from '../../src/index.ts'

const engine = await openEngine({
  components: {
    '/slow': (_: unknown, { signal }) => setTimeout(60_000, null, { signal }),
  },
})
const flow = engine.compile('{ steps: [{ id: slow, component: /slow }] }')

const run = await engine.start(flow)
assert.deepEqual(await run.cancel('no longer wanted'), { outcome: 'cancelled', reason: 'no longer wanted' })

const { steps } = await run.report()
assert.equal(steps[0]?.cause?.kind, 'cancelled')

await engine.close()
