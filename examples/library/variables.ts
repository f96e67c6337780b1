// Gives a run its variables. A secret one may be passed on, and is masked wherever it would be seen.
import assert from 'node:assert/strict'
import { openEngine } from '../../src/index.ts'

const engine = await openEngine({
  components: {
    '/login': async ({ token }: { token: string }) => ({ isKnown: token === 'correct horse battery', token }),
  },
})
const flow = engine.compile(`
schemas:
  type: object
  properties:
    variables:
      type: object
      properties:
        token: { type: string, is_secret: true }
steps:
  - { id: login, component: /login, input: { token: { $variable: token } } }
output: { $step: login }
`)

const outcome = await engine.run(flow, { variables: { token: 'correct horse battery' } })
assert.deepEqual(outcome, { outcome: 'success', result: { isKnown: true, token: '***' } })

await engine.close()
