// Follows a run while it goes on. The events of one that has ended can be read just so.
import assert from 'node:assert/strict'
import { openEngine } from '../../src/index.ts'

const engine = await openEngine({ components: { '/weather': async () => ({ isSunny: true }) } })
const flow = engine.compile(`
steps:
  - { id: weather, component: /weather }
  - id: umbrella
    component: /builtin/noop
    skipIf: { $from: { step: weather }, path: $.isSunny }
`)

const run = await engine.start(flow)
const story: string[] = []
for await (const { kind, at } of run.events()) story.push(at === null ? kind : `${at.step} ${kind}`)

assert.deepEqual(story, [
  'run-started',
  'weather step-started',
  'weather step-succeeded',
  'umbrella step-skipped',
  'run-finished',
])

await engine.close()
