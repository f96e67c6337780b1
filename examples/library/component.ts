// A component that says more of itself: what running it again would do, and what it takes and gives as JSON Schemas.
import assert from 'node:assert/strict'
import { Answer, component, openEngine } from '../../src/index.ts'

const engine = await openEngine({
  components: {
    // Pure: it may answer at once, without a promise, and may run ahead of what is stored.
    '/math/divide': component({
      effect: 'pure',
      input: {
        type: 'object',
        required: ['a', 'b'],
        properties: { a: { type: 'number' }, b: { type: 'number', default: 1 } },
      },
      output: { type: 'number' },
      run: ({ a, b }: { a: number; b: number }) => (b === 0 ? Answer.skip('There is nothing to divide by') : a / b),
    }),
  },
})
const flow = engine.compile(`
steps:
  - { id: divide, component: /math/divide, input: { $input: $ } }
output: { $step: divide }
`)

assert.deepEqual(await engine.run(flow, { input: { a: 6, b: 3 } }), { outcome: 'success', result: 2 })
assert.equal((await engine.run(flow, { input: { a: 6, b: 0 } })).outcome, 'skipped')

const wrong = await engine.run(flow, { input: { a: 'six', b: 3 } })
assert.equal(wrong.outcome === 'failed' && wrong.error.code, 'INVALID_INPUT')

await engine.close()
