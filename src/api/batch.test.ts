import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parts } from '../parts.ts'
import { Intake } from './intake.ts'
import { prepareBatch } from './batch.ts'
import type { Given, Host } from './operation.ts'
import type { run } from './operations/run.ts'

const cwd = mkdtempSync(join(tmpdir(), 'millrace-'))
writeFileSync(join(cwd, 'flow.yaml'), 'steps: [{ id: a, component: /builtin/sleep, input: { duration_ms: 3600000 } }]')
writeFileSync(join(cwd, 'inputs.jsonl'), '{}\n'.repeat(300))
const host: Host = { parts, cwd, env: {}, readStdin: () => Promise.resolve('') }

const nothing: Given<typeof run.flags> = {
  input: null,
  'input-json': null,
  'input-yaml': null,
  set: [],
  arg: [],
  variables: null,
  'env-variables': false,
  secrets: null,
  secret: [],
  inputs: null,
  components: [],
  config: null,
  stubs: null,
  'stubs-only': false,
  overrides: null,
  relaxed: false,
  step: null,
  from: null,
  store: 'memory',
  'allow-net': [],
  'max-concurrency': null,
  timeout: null,
  settings: null,
  strict: false,
}

test('stopping a batch stops the runs whose start is on its way, and starts no more', async () => {
  const batch = await prepareBatch(new Intake(host), 'flow.yaml', 'inputs.jsonl', nothing, host)
  if (batch.kind === 'problems') throw new Error(JSON.stringify(batch.problems))
  const outcomes = batch.outcomes[Symbol.asyncIterator]()
  const first = outcomes.next()
  batch.cancel('enough')
  expect(await first).toMatchObject({ value: { outcome: 'cancelled', reason: 'enough' } })
  let count = 1
  while ((await outcomes.next()).done !== true) count += 1
  expect(count).toBe(100)
  await batch.close()
})
