// A run that nothing would wake any more is found, goes on, and is counted.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEngineWith, type InnerEngine } from '../api/open-engine.ts'
import { component } from '../index.ts'
import { parts } from '../parts.ts'
import { openMemoryStore } from '../stores/memory/memory-store.ts'
import type { Clock } from './clock.ts'
import { SWEEP_MS } from './sweep.ts'

type Wake = { readonly atMs: number; readonly wake: () => void }

/** A clock that the test turns. `drops` says which of the wake-ups that are asked for never come, counted from 1. */
function aClock(drops: (count: number) => boolean): {
  readonly clock: Clock
  readonly turn: (ms: number) => Promise<void>
} {
  let nowMs = 1_000_000
  let count = 0
  let wakes: Wake[] = []
  const clock: Clock = {
    nowMs: () => nowMs,
    chance: () => 0.5,
    yieldThen: (next) => void setImmediate(next),
    wakeAt(atMs, wake, isAwaited = true) {
      count += isAwaited ? 1 : 0
      const asked = { atMs, wake }
      if (!isAwaited || !drops(count)) wakes.push(asked)
      return () => void (wakes = wakes.filter((one) => one !== asked))
    },
  }
  async function turn(ms: number): Promise<void> {
    const endMs = nowMs + ms
    for (;;) {
      for (let rest = 0; rest < 5; rest += 1) await new Promise(setImmediate)
      const [next] = wakes.toSorted((a, b) => a.atMs - b.atMs)
      if (next === undefined || next.atMs > endMs) break
      wakes = wakes.filter((one) => one !== next)
      nowMs = Math.max(nowMs, next.atMs)
      next.wake()
    }
    nowMs = endMs
  }
  return { clock, turn }
}

const SLEEPS = `
steps:
  - { id: nap, component: /builtin/sleep, input: { duration_ms: 5000 } }
  - { id: mail, component: /mail, input: { after: { $step: nap } } }
output: { $step: mail }
`

const hangs = (): Promise<never> => new Promise(() => undefined)

async function open(clock: Clock): Promise<InnerEngine> {
  const mail = component({ effect: 'at-most-once', run: () => 'sent' })
  return openEngineWith(parts, { store: openMemoryStore(), components: { '/mail': mail }, clock })
}

test.each([
  ['the alarm of a run', (count: number) => count === 1],
  ['no alarm', () => false],
])('a clock that drops %s keeps no run from its end', async (what, drops) => {
  const { clock, turn } = aClock(drops)
  const engine = await open(clock)
  const run = await engine.start(engine.compile(SLEEPS))
  const isDropped = what !== 'no alarm'
  await turn(SWEEP_MS + 1)
  expect((await run.report()).run.status).toBe(isDropped ? 'running' : 'completed')
  await turn(SWEEP_MS)
  expect(await run.result()).toEqual({ outcome: 'success', result: 'sent' })
  expect(engine.warnings().map(({ code }) => code)).toEqual(isDropped ? ['LOST_WAKE_UP'] : [])
  expect(engine.core.lostCount).toBe(isDropped ? 1 : 0)
  await engine.close()
})

test('a run that is out of memory when its alarm is dropped goes on too', async () => {
  const { clock, turn } = aClock((count) => count === 2)
  const store = `sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-sweep-')), 'runs.db')}`
  const engine = await openEngineWith(parts, {
    store,
    components: { '/mail': () => 'sent' },
    clock,
    limits: { restMsMin: 1 },
  })
  const run = await engine.start(engine.compile(SLEEPS))
  await turn(0)
  expect(engine.core.live(run.id)?.isAsleep).toBe(true)
  await turn(2 * SWEEP_MS + 1)
  expect(await run.result()).toEqual({ outcome: 'success', result: 'sent' })
  expect(engine.core.lostCount).toBe(1)
  await engine.close()
})

test('what waits, works or rests is not lost, however long it does', async () => {
  const { clock, turn } = aClock(() => false)
  const store = openMemoryStore()
  const engine = await openEngineWith(parts, {
    store,
    components: { '/hang': hangs },
    clock,
    limits: { callsPerEngineMax: 1 },
  })
  const starts = [
    'steps: [{ id: a, component: /hang }]',
    'steps: [{ id: b, component: /hang }]',
    'steps: [{ id: c, component: /builtin/sleep, input: { duration_ms: 900000 } }]',
  ].map((text) => engine.start(engine.compile(text)))
  const [first, , sleeper] = await Promise.all(starts)
  const paused = engine.core.live(sleeper?.id ?? '')
  if (paused !== null) await engine.core.pause(paused, null)
  await turn(10 * SWEEP_MS)
  expect(engine.warnings()).toEqual([])
  expect(await first?.cancel()).toMatchObject({ outcome: 'cancelled' })
  for (const { id } of await engine.runs({ status: 'running' })) await (await engine.get(id))?.cancel()
  if (paused !== null) await engine.core.stop(paused, 'cancelled', null)
  await engine.close()
})

test('a step of which nobody knows whether it was done waits for a decision', async () => {
  const { clock, turn } = aClock(() => false)
  const mail = component({ effect: 'at-most-once', run: hangs })
  const engine = await openEngineWith(parts, { store: openMemoryStore(), components: { '/mail': mail }, clock })
  const run = await engine.start(engine.compile('steps: [{ id: mail, component: /mail, input: 1 }]'))
  const live = engine.core.live(run.id)
  for (const call of live?.calls.toArray() ?? []) live?.calls.delete(call) // its answer will never be heard
  await turn(3 * SWEEP_MS)
  expect(await run.endOrRest()).toEqual({ kind: 'decision', steps: ['mail'] })
  expect(engine.core.lostCount).toBe(1)
  await run.cancel()
  await engine.close()
})
