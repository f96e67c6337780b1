// A run that this engine is working on: its state, what arrived for it, and who waits for its end.
// While it rests for long its state may be out of memory (`sleepers.ts`).
import { tasksInFlight } from '../core/answers.ts'
import type { Event, Outcome } from '../core/events.ts'
import type { Fact, TaskRef } from '../core/facts.ts'
import type { State } from '../core/state.ts'
import { Bag } from '../lib/bag.ts'
import { Buffer } from '../lib/buffer.ts'
import { assert } from '../lib/assert.ts'
import type { RunRow } from '../stores/store.ts'
import type { EngineError } from './errors.ts'
import type { Secrets } from './secrets.ts'
import type { TaskCall } from './task-call.ts'

/** How far it is with what somebody asked for. */
type Asked = Waiter<void> & { isDecided: boolean; batch: object | null }

type Waiter<T> = { readonly resolve: (value: T) => void; readonly reject: (error: Error) => void }

const NOBODY: readonly never[] = []

/** The list with one more, which is made for the first. */
function withOne<T>(list: T[] | null, one: T): T[] {
  if (list === null) return [one]
  list.push(one)
  return list
}

export class LiveRun {
  readonly id: string
  secrets: Secrets
  /** Calls of components at once. */
  readonly callsMax: number
  /** As the store has it, but for what `isRowNew` says. */
  row: RunRow
  isRowNew: boolean
  /** What its turns decided and the store does not have. */
  unstored: Event[] | null = null
  /** What arrived and was not decided yet; the two buffers take turns. Like the calls, only a run in memory has them. */
  #mailbox: Buffer<Fact> | null = null
  #spare: Buffer<Fact> | null = null
  #calls: Bag<TaskCall> | null = null
  isQueued = false
  /** Turns of it that were handed over to be stored, and of which that is not known yet. */
  turnsAhead = 0
  /** What was being done when another process left it, by frame, step and lane, until it is asked for again: it may have been done. */
  inDoubt: Set<string> | null = null
  /** Tasks that were decided and not yet called. */
  callsReserved = 0
  nextSeq = 0
  lastMs = 0
  unlimit: (() => void) | null = null
  /** Take back what would wake it, and the time limits of attempts, by attempt. Most runs have none. */
  alarms: Set<() => void> | null = null
  limits: Map<string, () => void> | null = null
  /** The one alarm that is left while it is out of memory. */
  restAlarm: (() => void) | null = null
  /** `null` while it is out of memory, and once it has ended. */
  #state: State | null
  /** Whether this process has taken it up: one that rests is left to the store until it goes on. */
  isTaken: boolean
  isWaking = false
  #outcome: Outcome | null = null
  #isStarted: boolean
  /** Who waits; for most of it nobody does. */
  #awake: Waiter<void>[] | null = null
  #started: Waiter<void>[] | null = null
  #ended: Waiter<Outcome>[] | null = null
  /** For the next time that something of it is stored. */
  #listeners: (() => void)[] | null = null
  /** For something that was asked for, until that is stored. */
  #asked: Asked[] | null = null
  #broken: EngineError | null = null

  /** @param state `null`: another process began it, and it is still as that one has stored it. */
  constructor(row: RunRow, state: State | null, secrets: Secrets, callsMax: number) {
    this.id = row.id
    this.row = row
    this.#state = state
    this.isTaken = state !== null
    this.isRowNew = state !== null
    this.#isStarted = state === null
    this.secrets = secrets
    this.callsMax = callsMax
  }

  /** Only while it is in memory, and has not ended. */
  get state(): State {
    assert(this.#state !== null, 'the run is in memory')
    return this.#state
  }

  /** It rests out of memory. */
  get isAsleep(): boolean {
    return this.#state === null && this.#outcome === null
  }

  /** What arrived and was not decided yet. */
  get mailbox(): Buffer<Fact> {
    this.#mailbox ??= new Buffer()
    return this.#mailbox
  }

  get hasMail(): boolean {
    return this.#mailbox !== null && this.#mailbox.count > 0
  }

  /** Its mailbox, for whoever decides what is in it and clears it: what arrives meanwhile is not among it. */
  takeMail(): Buffer<Fact> {
    const { mailbox } = this
    this.#mailbox = this.#spare
    this.#spare = mailbox
    return mailbox
  }

  /** Calls of components that have not answered. */
  get calls(): Bag<TaskCall> {
    this.#calls ??= new Bag()
    return this.#calls
  }

  get callCount(): number {
    return this.#calls === null ? 0 : this.#calls.size
  }

  /** Leaves memory, with nothing left that wakes it. */
  fallAsleep(): void {
    this.#state = null
    this.#mailbox = null
    this.#spare = null
    this.#calls = null
    this.#dropTimers()
  }

  /** Is in memory again, as its log has it. */
  wakeUp(state: State): void {
    this.#dropTimers()
    this.#state = state
    for (const { resolve } of this.#awake ?? NOBODY) resolve()
    this.#awake = null
  }

  /** Resolved once it is in memory. */
  awake(): Promise<void> {
    if (this.#broken !== null) return Promise.reject(this.#broken)
    return this.#state !== null
      ? Promise.resolve()
      : new Promise((resolve, reject) => {
          this.#awake = withOne(this.#awake, { resolve, reject })
        })
  }

  get outcome(): Outcome | null {
    return this.#outcome
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Nobody begins steps of it: somebody asked for that. */
  get isPaused(): boolean {
    return this.row.status === 'paused'
  }

  /** The row is stored with what is decided next. */
  setRow(changes: Partial<RunRow>): void {
    this.row = { ...this.row, ...changes }
    this.isRowNew = true
  }

  /** Resolved once its start is stored. */
  started(): Promise<void> {
    if (this.#broken !== null) return Promise.reject(this.#broken)
    return this.#isStarted
      ? Promise.resolve()
      : new Promise((resolve, reject) => {
          this.#started = withOne(this.#started, { resolve, reject })
        })
  }

  /** Resolved at the next time that something of it is stored. */
  nextStored(): Promise<void> {
    return new Promise((resolve) => {
      this.#listeners = withOne(this.#listeners, resolve)
    })
  }

  /** Resolved once what arrived and was changed up to now is decided and stored, or the run has ended; rejected when the store fails. */
  stored(): Promise<void> {
    if (this.#broken !== null) return Promise.reject(this.#broken)
    if (this.#outcome !== null) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#asked = withOne(this.#asked, { resolve, reject, isDecided: false, batch: null })
    })
  }

  /** Somebody waits until what this turn decided is stored. */
  get isAwaited(): boolean {
    return this.#asked !== null && this.#asked.some(({ isDecided, batch }) => isDecided && batch === null)
  }

  /** All that had arrived is decided. */
  noticeTurn(): void {
    for (const asked of this.#asked ?? NOBODY) asked.isDecided = true
  }

  /** What was decided goes to the store with `batch`. */
  noticeGoing(batch: object): void {
    for (const asked of this.#asked ?? NOBODY) if (asked.isDecided) asked.batch ??= batch
  }

  /** Its end; resolved once that is stored. Rejected only when the store fails. */
  result(): Promise<Outcome> {
    if (this.#broken !== null) return Promise.reject(this.#broken)
    return this.#outcome !== null
      ? Promise.resolve(this.#outcome)
      : new Promise((resolve, reject) => {
          this.#ended = withOne(this.#ended, { resolve, reject })
        })
  }

  /** `batch`, with something of it, is stored; the next may be on its way already. Answers whether anybody is told of it. */
  noticeStored(batch: object | null): boolean {
    const isTold = !this.#isStarted || this.#asked !== null || this.#listeners !== null
    if (!this.#isStarted) {
      this.#isStarted = true
      for (const { resolve } of this.#started ?? NOBODY) resolve()
      this.#started = null
    }
    if (this.#asked !== null) this.#answer(this.#asked, batch)
    this.#tellListeners()
    return isTold
  }

  /** Nothing is needed any more of what led to its end. */
  tell(outcome: Outcome): void {
    this.#outcome = outcome
    this.fallAsleep()
    for (const { resolve } of this.#ended ?? NOBODY) resolve(outcome)
    this.#ended = null
    for (const { resolve } of this.#asked ?? NOBODY) resolve()
    this.#asked = null
  }

  #answer(asked: readonly Asked[], batch: object | null): void {
    for (const one of asked) if (one.batch !== null && one.batch === batch) one.resolve()
    const left = asked.filter((one) => one.batch === null || one.batch !== batch)
    this.#asked = left.length === 0 ? null : left
  }

  /** The engine has failed: whoever waits is told, and whoever asks later. */
  breakDown(error: EngineError): void {
    this.#broken = error
    this.dropAlarms()
    for (const call of this.calls.toArray()) call.abort(error)
    for (const list of [this.#started, this.#awake, this.#ended, this.#asked])
      for (const { reject } of list ?? NOBODY) reject(error)
    this.#started = null
    this.#awake = null
    this.#ended = null
    this.#asked = null
    this.#tellListeners()
  }

  #tellListeners(): void {
    for (const listen of this.#listeners ?? NOBODY) listen()
    this.#listeners = null
  }

  /** Why nothing more will come of it; `null` as long as something may. */
  get broken(): EngineError | null {
    return this.#broken
  }

  /** Nothing wakes it any more. */
  dropAlarms(): void {
    this.unlimit?.()
    this.#dropTimers()
  }

  #dropTimers(): void {
    this.restAlarm?.()
    for (const off of this.alarms ?? NOBODY) off()
    for (const off of this.limits?.values() ?? NOBODY) off()
    this.restAlarm = null
    this.alarms = null
    this.limits = null
  }
}

/** What was being done when `state` was stored last, by frame, step and lane. */
export function tasksInDoubt({ frames }: State): Set<string> {
  return new Set([...frames.values()].flatMap(tasksInFlight).map(taskKey))
}

/** Names a task of a run, whichever its attempt. */
export function taskKey({ frame, step, lane }: Omit<TaskRef, 'attempt' | 'round'>): string {
  return `${frame}.${step}.${lane}`
}
