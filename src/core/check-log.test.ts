// A sound log gives no finding (`src/testing/play.ts` asks that of thousands); each damage that is planted here gives its own.
import { expect, test } from 'vitest'
import { aCause } from '../plan/cause.ts'
import { link } from '../plan/link.ts'
import { SUCCESS } from '../plan/status.ts'
import { aPlan, aStep, literal, outputOf } from '../testing/plans.ts'
import { checkLog, type LogRecord, type RowFacts, type StoredRun } from './check-log.ts'
import type { Event } from './events.ts'

const program = link(
  'p',
  aPlan(
    [
      aStep('a'),
      aStep('b', {
        input: outputOf(0),
        each: { items: outputOf(0), parallelMax: 10, gate: null },
      }),
    ],
    { output: literal('done') },
  ),
)
const row: RowFacts = { plan: 'p', status: 'completed', endedAtMs: 8 }
const open: RowFacts = { ...row, status: 'running', endedAtMs: null }

const lane = { frame: 0, step: 1, status: SUCCESS, output: null, cause: null } as const
const events: readonly Event[] = [
  { kind: 'run-started', atMs: 1, plan: 'p', input: null, variables: {} },
  { kind: 'step-started', atMs: 1, frame: 0, step: 0, items: -1 },
  { kind: 'step-succeeded', atMs: 2, frame: 0, step: 0, output: [7, 8] },
  { kind: 'step-started', atMs: 3, frame: 0, step: 1, items: 2 },
  { kind: 'lanes-started', atMs: 3, frame: 0, step: 1, from: 0, to: 2 },
  { kind: 'lane-ended', atMs: 5, lane: 1, ...lane },
  { kind: 'lane-ended', atMs: 6, lane: 0, ...lane },
  { kind: 'step-succeeded', atMs: 7, frame: 0, step: 1, output: null },
  { kind: 'run-finished', atMs: 8, outcome: { outcome: 'success', result: 'done' } },
]

/** One record for each event. */
function recordsOf(log: readonly Event[]): LogRecord[] {
  return log.map((event, seq) => ({ seq, events: [event] }))
}

function codesOf(log: readonly Event[], given: Partial<StoredRun> = {}): readonly string[] {
  const stored = { row, records: recordsOf(log), programs: new Map([['p', program]]), ...given }
  return checkLog(stored).map(({ code, seq }) => `${code} at ${seq}`)
}

function changed(seq: number, part: object): readonly Event[] {
  return events.map((event, index) => (index === seq ? { ...event, ...part } : event))
}

test('a sound log gives no finding, however its events are gathered, and wherever it is cut between two turns', () => {
  expect(codesOf(events)).toEqual([])
  expect(codesOf(events, { records: [{ seq: 0, events }] })).toEqual([])
  for (const length of [2, 5, 6]) expect(codesOf(events.slice(0, length), { row: open })).toEqual([])
})

test('events that are missing, and events that are there twice', () => {
  const records = recordsOf(events)
  expect(codesOf([], { records: records.toSpliced(5, 1) })).toContain('sequence-hole at 5')
  expect(codesOf([], { records: records.toSpliced(5, 0, ...records.slice(5, 6)) })).toEqual([
    'sequence-repeat at 5',
    'second-outcome at 6',
  ])
})

test('a log without its beginning, and an empty one', () => {
  const records = recordsOf(events).slice(1)
  expect(codesOf([], { records })).toEqual(['sequence-hole at 0', 'bad-start at 0', 'fold-failed at 0'])
  expect(codesOf([], { row: open })).toEqual(['bad-start at 0', 'stuck at 0'])
})

test('whatever follows the end of the run', () => {
  const after: Event = { kind: 'run-resumed', atMs: 9 }
  expect(codesOf([...events, after], { row: open })).toEqual(['after-end at 9'])
})

test('a second outcome of a step, and of a lane', () => {
  const skipped: Event = { kind: 'step-skipped', atMs: 2, frame: 0, step: 0, cause: aCause('cancelled') }
  expect(codesOf(events.toSpliced(3, 0, skipped))).toContain('second-outcome at 3')
  expect(codesOf(changed(6, { lane: 1 }))).toContain('second-outcome at 6')
})

test('a time before that of an earlier event', () => {
  expect(codesOf(changed(5, { atMs: 2 }))).toEqual(['time-backwards at 5'])
})

test('an event of a step, a lane or a frame that is not there', () => {
  expect(codesOf(changed(2, { step: 9 }))).toEqual(['fold-failed at 2'])
  expect(codesOf(changed(5, { lane: 2 }))).toEqual(['fold-failed at 5'])
  expect(codesOf(changed(5, { frame: 4 }))).toEqual(['fold-failed at 5'])
  expect(codesOf(changed(4, { to: 3 }))).toEqual(['fold-failed at 4'])
})

test('a plan that is not in the store', () => {
  expect(codesOf(events, { programs: new Map() })).toEqual(['plan-missing at 0'])
})

test('a decision that was made and not stored', () => {
  expect(codesOf(events.slice(0, 3), { row: open })).toEqual(['settle-failed at 3'])
  expect(codesOf(events.slice(0, 8), { row: open })).toEqual(['settle-failed at 8'])
})

test('a row that says something else than its log', () => {
  expect(codesOf(events, { row: { ...row, status: 'failed' } })).toEqual(['row-differs at 8'])
  expect(codesOf(events, { row: { ...row, endedAtMs: 9 } })).toEqual(['row-differs at 8'])
  expect(
    codesOf(events, {
      row: { ...row, plan: 'q' },
      programs: new Map([
        ['p', program],
        ['q', program],
      ]),
    }),
  ).toEqual(['row-differs at 0'])
  expect(codesOf(events.slice(0, 6))).toEqual(['row-differs at 5', 'row-differs at 5'])
})
