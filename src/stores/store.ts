// The seam for memory: what a run decided is appended here, and nothing else is the truth.
// S1  `append` is one transaction over the events of many runs: all of them are stored, or none.
// S2  A store never decides a transition; it appends and reads.
// S3  What is refused for want of room is an `append`, as a whole: it is tried again later. A plan or a blob never is: it may stay in
//     memory until the append that names it, and is written with that.
// S4  What a driver can do is declared in `traits`; nobody asks for its name.
import type { Event } from '../core/events.ts'
import type { Json } from '../lib/json.ts'
import type { Plan } from '../plan/plan.ts'
import type { Retention } from './retention.ts'
import type { StoreError } from './store-error.ts'

export type Traits = {
  /** What it has answered survives a crash of the machine. */
  readonly durable: boolean
  /** `append` is done when it returns, and costs less than gathering a batch. */
  readonly instant: boolean
  /** Values of at least this many bytes as JSON are kept apart as blobs; `null`: none are. */
  readonly spillBytesMin: number | null
}

/** A run as a row: what can be listed without reading its events. */
export type RunRow = {
  readonly id: string
  /** The plan's id. */
  readonly plan: string
  /** The caller's own name for this run: the same key gives the same run. */
  readonly key: string | null
  readonly flow: string | null
  readonly language: string
  readonly trigger: string
  readonly status: RunRowStatus
  readonly startedAtMs: number
  readonly endedAtMs: number | null
  /** What it waits for when nobody works on it. */
  readonly waitsFor: RowWait | null
  /** Processes that took it up again since it had its last outcome of a step. */
  readonly resumes: number
  readonly given: RunGiven
}

export type RunRowStatus = 'running' | 'paused' | 'completed' | 'failed' | 'cancelled'

/** Why a run that has not ended stands still. */
export type RowWait =
  | { readonly kind: 'user'; readonly reason: string | null }
  | { readonly kind: 'quarantine'; readonly reason: string }
  | { readonly kind: 'secret'; readonly name: string }
  /** It goes on by itself, and needs no process until then. */
  | { readonly kind: 'timer'; readonly untilMs: number }
  /** Ids of steps of which nobody knows whether they were done. At `untilMs` it goes on by itself, for another reason. */
  | { readonly kind: 'decision'; readonly steps: readonly string[]; readonly untilMs?: number }

/** What a run was given beside its input, kept with it for good. */
export type RunGiven = {
  /** When its time limit ends it, in epoch milliseconds. */
  readonly deadlineMs: number | null
  /** Calls of components at once; `null`: as many as the engine allows. */
  readonly callsMax: number | null
  /** The run whose results it took over. */
  readonly from: string | null
  /** What its surface needs to go on with it; the engine does not look at it. */
  readonly ground: Json
}

export const NOTHING_GIVEN: RunGiven = { deadlineMs: null, callsMax: null, from: null, ground: null }

/** Which runs are listed. */
export type RunQuery = {
  readonly limit: number
  readonly flow?: string | null
  readonly status?: RunRowStatus | null
  readonly trigger?: string | null
  /** Started at or after, and before. */
  readonly fromMs?: number | null
  readonly untilMs?: number | null
  /** A part of its id, key or flow. */
  readonly text?: string | null
}

/** What one run adds: its events from sequence `firstSeq` on, and its row where that has changed. */
export type Append = {
  readonly run: string
  readonly firstSeq: number
  readonly events: readonly Event[]
  readonly row: RunRow | null
}

/** Told of what is damaged and left out: the row of `run`, or a whole file. Without it, the whole is refused. */
export type PassOver = (error: StoreError, run: string | null) => void

/** An answer that may be there at once. */
export type Maybe<T> = T | Promise<T>

export type Store = {
  readonly traits: Traits
  /** Where it is, for people and for other processes; `null` where there is no such place. */
  readonly place: string | null
  putPlan(id: string, plan: Plan): Maybe<void>
  getPlan(id: string): Maybe<Plan | null>
  append(batch: readonly Append[]): Maybe<void>
  /** Events of a run from sequence `fromSeq` on, oldest first; sequences count from 0. All of them, or at least `enough`. */
  events(run: string, fromSeq: number, enough?: number): Maybe<readonly Event[]>
  getRun(id: string): Maybe<RunRow | null>
  findByKey(key: string): Maybe<RunRow | null>
  /** Newest first. */
  listRuns(query: RunQuery, passOver?: PassOver): Maybe<readonly RunRow[]>
  /** How many there are of each status, of those that `query` names; its limit does not count. */
  countRuns(query: RunQuery): Maybe<ReadonlyMap<RunRowStatus, number>>
  /** Runs that have not ended, the oldest first. */
  openRuns(passOver?: PassOver): Maybe<readonly RunRow[]>
  /** Stores a text under the SHA-256 of its UTF-8 bytes; equal content once. It is kept as long as a run that put or read it. Never refused for want of room (S3). */
  putBlob(hash: string, text: string, run: string): Maybe<void>
  /** @param run Who reads it; `null`: somebody who only looks. */
  getBlob(hash: string, run: string | null): Maybe<string | null>
  /** Forgets ended runs that are older or more than `keep` allows, and what only they had. Answers how many. */
  forget(keep: Retention, nowMs: number): Maybe<number>
  /** What is wrong with the store itself, beside what the logs of its runs show; mended where that loses nothing. */
  check(mends: boolean): Maybe<readonly StoreFinding[]>
  close(): Maybe<void>
}

/** Something that should not be. */
export type StoreFinding = {
  readonly what: string
  /** `mended`: it was put right. `can-mend`: it would be. `named`: nobody can know what was there. */
  readonly is: 'mended' | 'can-mend' | 'named'
  /** The run that it is about; `null`: none, or all. */
  readonly run: string | null
}
