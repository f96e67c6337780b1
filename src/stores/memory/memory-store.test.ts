import { expect, test } from 'vitest'
import { storeSuite } from '../store.suite.ts'
import { NOTHING_GIVEN } from '../store.ts'
import { openMemoryStore } from './memory-store.ts'

storeSuite('memory', () => openMemoryStore())
storeSuite('memory that spills', () => openMemoryStore({ spillBytesMin: 16 }))

test('the memory store forgets the oldest finished runs, never one that goes on', async () => {
  const store = openMemoryStore({ finishedRunsMax: 2 })
  const rows = ['a', 'b', 'c', 'd'].map((id) => ({
    id,
    plan: 'p',
    key: id,
    flow: null,
    language: 'plan',
    trigger: 'manual',
    startedAtMs: 0,
    waitsFor: null,
    resumes: 0,
    given: NOTHING_GIVEN,
  }))
  for (const row of rows)
    await store.append([
      {
        run: row.id,
        firstSeq: 0,
        events: [],
        row: { ...row, status: row.id === 'a' ? 'running' : 'completed', endedAtMs: row.id === 'a' ? null : 1 },
      },
    ])
  const known = await Promise.all(rows.map(async ({ id }) => ((await store.getRun(id)) === null ? null : id)))
  expect(known).toEqual(['a', null, 'c', 'd'])
})
