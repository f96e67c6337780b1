// A key makes a start repeatable: the same key answers the same run, finished or not, and starts nothing.
import assert from 'node:assert/strict'
import { openEngine } from '../../src/index.ts'

let calls = 0
const engine = await openEngine({ components: { '/count': () => ++calls } })
const flow = engine.compile('{ steps: [{ id: count, component: /count }], output: { $step: count } }')

const first = await engine.start(flow, { key: 'order-17' })
const again = await engine.start(flow, { key: 'order-17' })

assert.equal(again.id, first.id)
assert.deepEqual(await again.result(), { outcome: 'success', result: 1 })
assert.equal(calls, 1)

await engine.close()
