// What must hold of one stored run, told from its log and its row alone: for whoever doubts a store.
// Pure, and it never throws: a log that cannot be read is a finding like any other.
import type { Program } from '../plan/link.ts'
import { payDebts } from './debts.ts'
import { isOutcome } from './elide.ts'
import type { Event } from './events.ts'
import { evolve } from './evolve.ts'
import { statusOfEnd } from './outcome.ts'
import { restOf } from './rest.ts'
import { settle } from './settle.ts'
import { newState, NO_LANE, type State } from './state.ts'
import { Turn } from './turn.ts'

/** What is wrong, and from which event on. */
export type Finding = { readonly code: FindingCode; readonly message: string; readonly seq: number }

export type FindingCode =
  | 'bad-start'
  | 'sequence-hole'
  | 'sequence-repeat'
  | 'time-backwards'
  | 'after-end'
  | 'second-outcome'
  | 'plan-missing'
  | 'fold-failed'
  | 'settle-failed'
  | 'stuck'
  | 'row-differs'

/** Events as they were stored together; sequences count from 0. */
export type LogRecord = { readonly seq: number; readonly events: readonly Event[] }

/** What the row of a run says of it. */
export type RowFacts = {
  readonly plan: string
  readonly status: string
  readonly endedAtMs: number | null
}

export type StoredRun = {
  readonly row: RowFacts
  /** In the order of their sequences. */
  readonly records: readonly LogRecord[]
  /** Of all plans that the log names, the run's own included. */
  readonly programs: ReadonlyMap<string, Program>
}

/** All that is wrong with a stored run; empty where it is sound. */
export function checkLog({ row, records, programs }: StoredRun): readonly Finding[] {
  const findings: Finding[] = []
  const find: Find = (code, seq, message) => void findings.push({ code, message, seq })
  checkSequence(records, find)
  const events = records.flatMap((record) => record.events)
  checkOrder(events, find)
  checkRow(row, events, find)
  const state = fold(row.plan, programs, events, find)
  if (state !== null) checkOwed(state, events.length, find)
  return findings
}

type Find = (code: FindingCode, seq: number, message: string) => void

function checkSequence(records: readonly LogRecord[], find: Find): void {
  let next = 0
  for (const { seq, events } of records) {
    if (seq > next) find('sequence-hole', next, `Events ${next} to ${seq - 1} are missing`)
    if (seq < next) find('sequence-repeat', seq, `Event ${seq} is there again`)
    next = Math.max(next, seq + events.length)
  }
}

function checkOrder(events: readonly Event[], find: Find): void {
  const ended = new Set<string>()
  let [endSeq, lastMs] = [-1, 0]
  events.forEach((event, seq) => {
    if ((event.kind === 'run-started') !== (seq === 0)) find('bad-start', seq, `Event ${seq} is ${event.kind}`)
    if (endSeq >= 0) find('after-end', seq, `${event.kind} follows the end of the run, event ${endSeq}`)
    if (event.kind === 'run-finished') endSeq = seq
    if (event.atMs < lastMs) find('time-backwards', seq, `${event.kind} is at ${event.atMs}, after ${lastMs}`)
    lastMs = event.atMs
    if (!isOutcome(event)) return
    const task = `${event.frame}.${event.step}.${'lane' in event ? event.lane : NO_LANE}`
    if (ended.has(task)) find('second-outcome', seq, `${event.kind} of ${task}, which has an outcome`)
    ended.add(task)
  })
  if (events.length === 0) find('bad-start', 0, 'There are no events')
}

/** The row is a copy of what the log says. */
function checkRow(row: RowFacts, events: readonly Event[], find: Find): void {
  const [first, last] = [events[0], events.at(-1)]
  const seq = Math.max(0, events.length - 1)
  if (first?.kind === 'run-started' && first.plan !== row.plan)
    find('row-differs', 0, `The row names plan ${row.plan}, and the log ${first.plan}`)
  const end = last?.kind === 'run-finished' ? last : null
  const status = end === null ? null : statusOfEnd(end.outcome)
  // How a run stands that has not ended is the store's to say.
  const isSame = status === null ? !END_STATUSES.has(row.status) : row.status === status
  if (!isSame) find('row-differs', seq, `The row says ${row.status}, and the log ${status ?? 'that it has not ended'}`)
  const endedAtMs = end === null ? null : end.atMs
  if (row.endedAtMs !== endedAtMs)
    find('row-differs', seq, `The row has its end at ${row.endedAtMs}, and the log at ${endedAtMs}`)
}

const END_STATUSES: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])

/** The state that the log leads to; `null` where it leads to none. */
function fold(
  plan: string,
  programs: ReadonlyMap<string, Program>,
  events: readonly Event[],
  find: Find,
): State | null {
  const named = [plan, ...events.flatMap((event) => (event.kind === 'frames-asked' ? [event.plan] : []))]
  const missing = named.find((id) => !programs.has(id))
  const root = programs.get(plan)
  if (missing !== undefined || root === undefined) {
    find('plan-missing', 0, `Plan ${missing ?? plan} is not there`)
    return null
  }
  const state = newState(root, new Map(programs))
  for (const [seq, event] of events.entries()) {
    const reason = evolveSafely(state, event)
    if (reason === null) continue
    find('fold-failed', seq, `${event.kind} does not follow from what is before it: ${reason}`)
    return null
  }
  return state
}

function evolveSafely(state: State, event: Event): string | null {
  try {
    if (!isPlaceKnown(state, event)) return 'there is no such step or lane'
    evolve(state, event)
    return null
  } catch (error) {
    return String(error)
  }
}

/** Outside of its bounds a typed array takes a write without a word. */
function isPlaceKnown(state: State, event: Event): boolean {
  if (!('step' in event)) return true
  const frame = state.frames.get(event.frame)
  if (frame === undefined || !isBelow(event.step, frame.program.size)) return false
  const count = frame.loops.get(event.step)?.count ?? 0
  if (event.kind === 'lanes-started') return isBelow(event.from, event.to) && event.to <= count
  return !('lane' in event) || event.lane === NO_LANE || isBelow(event.lane, count)
}

function isBelow(index: number, count: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < count
}

/** A log ends between turns, and a run that has not ended waits for something. */
function checkOwed(state: State, seq: number, find: Find): void {
  const turn = new Turn(state)
  try {
    settle(turn, state, 0)
    if (turn.events.count > 0) find('settle-failed', seq, `${turn.events.items[0]?.kind} is decided and not stored`)
    if (state.status === 'ended') return
    turn.begin(state, { nowMs: 0, chance: () => 0, slots: 0 })
    payDebts(turn)
    const isParked = (restOf(state)?.parked.length ?? 0) > 0
    const isWaiting = turn.effects.count > 0 || state.ready.size > 0 || state.starved.size > 0 || isParked
    if (!isWaiting) find('stuck', seq, 'The run has not ended, and waits for nothing')
  } catch (error) {
    find('settle-failed', seq, `The run cannot go on: ${String(error)}`)
  }
}
