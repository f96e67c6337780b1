// A run is done again from a step: what comes before it is taken over, and is not done twice.
import assert from 'node:assert/strict'
import { openEngine } from '../../src/index.ts'

const calls: string[] = []
const engine = await openEngine({
  components: {
    '/load': async ({ id }: { id: number }) => {
      calls.push('load')
      return { id, name: 'Ada' }
    },
    '/greet': async ({ name }: { name: string }) => {
      calls.push('greet')
      return `Hello, ${name}`
    },
  },
})
const flow = engine.compile(`
steps:
  - { id: user, component: /load, input: { id: { $input: id } } }
  - { id: greeting, component: /greet, input: { name: { $step: user, path: name } } }
output: { $step: greeting }
`)
const first = await engine.start(flow, { input: { id: 7 } })
await first.result()

const again = await engine.rerun(first.id, { from: ['greeting'] })
assert.deepEqual(await again.result(), { outcome: 'success', result: 'Hello, Ada' })
assert.deepEqual(calls, ['load', 'greet', 'greet'])
assert.deepEqual(
  (await engine.runs()).map(({ id, status }) => [id, status]),
  [
    [again.id, 'completed'],
    [first.id, 'completed'],
  ],
)
await engine.close()
