// Why a step stands as it does: for each state the cause, where it began, and what it waits for.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Component } from '../components/component.ts'
import { component, openEngine } from '../index.ts'
import { parts } from '../parts.ts'
import { explainRunStep } from './explain-run.ts'
import { lastLogOf } from './logs.ts'
import { openEngineWith, type InnerEngine } from './open-engine.ts'
import type { Run } from './run-handle.ts'

const hangs = (): Promise<never> => new Promise(() => undefined)
const components: Record<string, Component> = {
  '/ok': component({ effect: 'at-least-once', run: async () => ({ n: 1 }) }),
  '/fail': component({
    effect: 'at-least-once',
    run: async () => {
      throw Object.assign(new Error('no stock'), { code: 'NO_STOCK' })
    },
  }),
  '/hang': component({ effect: 'at-least-once', run: hangs }),
}

async function explained(run: Run, step: string, { core }: InnerEngine): Promise<string> {
  const [report, { program, record }] = [await run.report(), await run.record()]
  const index = report.steps.findIndex(({ id }) => id === step)
  const log = await lastLogOf(run, step, report.steps[index]?.error?.item ?? null)
  return explainRunStep({ report, program, record, log, reveal: (value) => core.reveal(null, value) }, index)
}

async function begun(text: string, engine: InnerEngine): Promise<Run> {
  return engine.start(engine.compile(text, { file: 'flow.yaml' }))
}

const STEPFLOW = (steps: string, output = ''): string => `steps:\n${steps}\n${output}`
const SKIP = '  - { id: a, component: /ok, skipIf: true }'
const FAIL = '  - { id: a, component: /fail }'

test.each<[state: string, flow: string, said: string]>([
  [
    'condition-false',
    STEPFLOW('  - { id: s, component: /ok, skipIf: true }'),
    's skipped: condition-false, the condition is true',
  ],
  [
    'condition-broken, skipped',
    '- { id: a, tool: /ok }\n- { id: s, tool: /ok, needs: [a], when: "{{steps.a.result.n}} ==" }',
    's skipped: condition-broken, ',
  ],
  [
    'condition-broken, failed',
    STEPFLOW(
      '  - { id: a, component: /ok }\n  - { id: s, component: /ok, skipIf: { $from: { step: a }, path: absent } }',
    ),
    's failed: condition-broken, ',
  ],
  [
    'dependency-skipped',
    STEPFLOW(`${SKIP}\n  - { id: s, component: /ok, input: { x: { $from: { step: a } } } }`),
    's skipped: dependency-skipped (a skipped: the condition is true)',
  ],
  [
    'dependency-failed, failed',
    STEPFLOW(`${FAIL}\n  - { id: s, component: /ok, input: { x: { $from: { step: a } } } }`),
    's failed: dependency-failed, no stock (a failed: no stock)',
  ],
  [
    'dependency-failed, skipped',
    '- { id: a, tool: /fail }\n- { id: s, tool: /ok, needs: [a] }',
    's skipped: dependency-failed, no stock (a failed: no stock)',
  ],
  [
    'error-skipped',
    STEPFLOW('  - { id: s, component: /fail, onError: { action: skip } }'),
    's skipped: error-skipped, no stock',
  ],
  [
    'not-needed',
    STEPFLOW('  - { id: a, component: /ok }\n  - { id: s, component: /ok }', 'output: { $step: a }'),
    's skipped: not-needed, Nothing that the run must produce reads it',
  ],
  [
    'input-failed',
    STEPFLOW(
      '  - { id: a, component: /ok }\n  - { id: s, component: /ok, input: { x: { $from: { step: a }, path: absent } } }',
    ),
    's failed: input-failed, ',
  ],
  ['component-failed', STEPFLOW('  - { id: s, component: /fail }'), 's failed: component-failed, no stock'],
  [
    'timed-out',
    STEPFLOW('  - { id: s, component: /hang, timeout: 5ms, retry: { max: 0 } }'),
    's failed: timed-out, Over its time limit of 5 ms',
  ],
  [
    'success by a substitute',
    STEPFLOW('  - { id: s, component: /fail, onError: { action: continue, default: 1 } }'),
    's success, after NO_STOCK: no stock',
  ],
])('%s', async (_, flow, said) => {
  const engine = await openEngineWith(parts, { components })
  const run = await begun(flow, engine)
  await run.result()
  expect(await explained(run, 's', engine)).toContain(said)
  await engine.close()
})

test('what was stopped says so: what worked has failed, and what had not begun is skipped', async () => {
  const engine = await openEngineWith(parts, { components })
  const run = await begun(
    STEPFLOW('  - { id: works, component: /hang }\n  - { id: next, component: /ok, needs: [works] }'),
    engine,
  )
  expect(await explained(run, 'next', engine)).toContain('next pending: waits for works')
  await run.cancel('enough')
  expect(await explained(run, 'works', engine)).toContain('works failed: cancelled, enough')
  expect(await explained(run, 'next', engine)).toContain('next skipped: cancelled, enough')
  await engine.close()
})

test('what waits says for what: a slot, its time, its next attempt', async () => {
  const engine = await openEngineWith(parts, { components, limits: { callsPerRunMax: 1 } })
  const run = await begun(
    STEPFLOW(`  - { id: sleeps, component: /builtin/sleep, input: { duration_ms: 100000 } }
  - { id: retries, component: /fail, retry: { max: 1, delay: 100s } }
  - { id: works, component: /hang }
  - { id: waits, component: /ok }`),
    engine,
  )
  for await (const event of run.events()) if (event.kind === 'step-started' && event.at?.step === 'works') break
  expect(await explained(run, 'sleeps', engine)).toMatch(/waits for its time at \d{4}-/)
  expect(await explained(run, 'retries', engine)).toMatch(/waits for its next attempt at \d{4}-/)
  expect(await explained(run, 'waits', engine)).toContain('waits for a slot: as many calls are open as may be')
  await run.cancel()
  await engine.close()
})

test.each([
  ['park', 'mail running: waits for a decision: nobody knows whether it was done, and it must not be done twice'],
  ['fail', 'mail failed: lost, The process ended while this was being done'],
] as const)('a step that must not be done twice, and may have been, is told of: %s', async (onLost, said) => {
  const store = `sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-explain-')), 'runs.db')}`
  const mail = { '/mail': component({ effect: 'at-most-once', onLost, run: hangs }) }
  const first = await openEngine({ store, components: mail, limits: { closeMsMax: 0 } })
  const { id } = await first.start(first.compile(STEPFLOW('  - { id: mail, component: /mail }')))
  await first.close()
  const second = await openEngineWith(parts, { store, components: mail })
  const run = await second.get(id)
  expect(run === null ? null : await run.endOrRest()).toMatchObject(
    onLost === 'park' ? { kind: 'decision', steps: ['mail'] } : { outcome: 'failed' },
  )
  expect(run === null ? '' : await explained(run, 'mail', second)).toContain(said)
  await second.close()
})

test('the values that a step read are followed back to what the run was given', async () => {
  const engine = await openEngineWith(parts, {
    components: { ...components, '/pass': component({ effect: 'pure', run: (given) => given }) },
  })
  const flow = engine.compile(
    STEPFLOW(`  - { id: a, component: /pass, input: { n: { $from: { workflow: input }, path: count } } }
  - { id: s, component: /pass, input: { of: { $from: { step: a }, path: n } } }`),
  )
  const run = await engine.start(flow, { input: { count: 7 } })
  await run.result()
  const said = await explained(run, 's', engine)
  expect(said.slice(said.indexOf('reads')).trimEnd()).toBe(`reads
    a.n = 7 (a success)
      input.count = 7`)
  await engine.close()
})

test('a part of an input that is kept apart is shown, not the whole', async () => {
  const store = `sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-explain-')), 'runs.db')}`
  const engine = await openEngineWith(parts, { store, components })
  const flow = engine.compile(
    STEPFLOW('  - { id: s, component: /ok, input: { $from: { workflow: input }, path: count } }'),
  )
  const run = await engine.start(flow, { input: { count: 7, text: 'long '.repeat(10_000) } })
  await run.result()
  expect(await explained(run, 's', engine)).toContain('input.count = 7')
  await engine.close()
})
