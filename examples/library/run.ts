// Runs a flow whose components are functions of this program.
import assert from 'node:assert/strict'
import { openEngine } from '../../src/index.ts' // in a program of your own: 'millrace'

const engine = await openEngine({
  components: {
    '/greet': ({ name }: { name: string }) => `Hello, ${name}`,
  },
})

const flow = engine.compile(`
steps:
  - id: greeting
    component: /greet
    input: { name: { $input: $.name } }
output: { $step: greeting }
`)

assert.deepEqual(await engine.run(flow, { input: { name: 'Ada' } }), { outcome: 'success', result: 'Hello, Ada' })

await engine.close()
