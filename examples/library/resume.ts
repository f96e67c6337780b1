// A mail that was being sent when its process ended is not sent again before somebody has decided that.
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { component, openEngine } from '../../src/index.ts'

const store = `sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-')), 'runs.db')}`
const text = 'steps: [{ id: mail, component: /mail, input: { to: ada } }]\noutput: { $step: mail }'
const hangs = component({ effect: 'at-most-once', run: () => new Promise(() => undefined) })

const first = await openEngine({ store, components: { '/mail': hangs }, limits: { closeMsMax: 0 } })
const { id } = await first.start(first.compile(text))
await first.close() // as if it had been killed: the mail has no answer

const second = await openEngine({ store, components: { '/mail': hangs } })
const [waiting] = await second.runs()
assert.deepEqual(waiting?.waitsFor, { kind: 'decision', steps: ['mail'] })
const run = await second.resume(id, { decide: { mail: { kind: 'done', output: { sentBy: 'hand' } } } })
assert.deepEqual(await run.result(), { outcome: 'success', result: { sentBy: 'hand' } })
await second.close()
