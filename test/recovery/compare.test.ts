// The test of the test: each fault that is planted here must be seen.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { answersIn, type Answered } from './answers.ts'
import { compare, ledgerIn, type Begun } from './compare.ts'
import { run } from './processes.ts'
import { prepareReading, readStored, type Stored } from './stored.ts'

let stored: Stored
let told: readonly Answered[]
let begun: readonly Begun[]

beforeAll(async () => {
  await prepareReading()
  const folder = mkdtempSync(join(tmpdir(), 'millrace-compare-'))
  const job = { file: join(folder, 'runs.db'), ledger: join(folder, 'ledger') }
  const { lines } = await run({ ...job, workload: 'fan', language: 'jinba' })
  stored = readStored(job.file)
  told = answersIn(lines)
  begun = ledgerIn(job.ledger)
})

const clean = { lost: [], twice: [], wrong: [], repeats: 0 }

test('where nothing is wrong nothing is found', () => {
  expect(told).toHaveLength(8)
  expect(compare(stored, told, begun, true)).toEqual(clean)
})

test('an answer that is not in the file is lost, whether it is a start or an end', () => {
  const [first] = stored.runs.keys()
  const without: Stored = { ...stored, runs: new Map([...stored.runs].filter(([key]) => key !== first)) }
  expect(compare(without, told, [], true).lost).toHaveLength(2)
  const cut: Stored = {
    ...stored,
    runs: new Map([...stored.runs].map(([key, one]) => [key, { ...one, events: one.events.slice(0, -1) }])),
  }
  expect(compare(cut, told, begun, false).lost).toHaveLength(4)
  const changed = told.map((answer): Answered => (answer.kind === 'ended' ? { ...answer, told: 'another' } : answer))
  expect(compare(stored, changed, begun, true).lost).toHaveLength(4)
})

test('work that is done again is seen, and across a fault it needs a later attempt', () => {
  const [call] = begun.filter(({ what }) => what === '/later')
  const [once] = begun.filter(({ what }) => what === '/once')
  if (call === undefined || once === undefined) throw new Error('The workload calls both')
  const again = (of: Begun, part: Partial<Begun>): readonly Begun[] => [...begun, { ...of, ...part }]
  expect(compare(stored, told, again(call, { attempt: 2 }), true).twice).toHaveLength(1)
  expect(compare(stored, told, again(call, { process: -1 }), true).twice).toHaveLength(1)
  expect(compare(stored, told, again(call, { process: -1, attempt: 2 }), true)).toEqual({ ...clean, repeats: 1 })
  expect(compare(stored, told, again(once, { process: -1, attempt: 2 }), true).twice).toHaveLength(1)
})

test('work without a cause in the file, and a result that nobody worked for', () => {
  const [call, ...others] = begun
  if (call === undefined) throw new Error('The workload calls something')
  expect(compare(stored, told, [...begun, { ...call, key: `${call.key}9` }], true).wrong).toHaveLength(1)
  expect(compare(stored, told, others, true).wrong).toHaveLength(1)
})
