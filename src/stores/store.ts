// The seam for memory: what a run decided is appended here, and nothing else is the truth.
// S1  `append` is one transaction over the events of many runs: all of them are stored, or none.
// S2  A store never decides a transition; it appends and reads.
// S3  What a driver can do is declared in `traits`; nobody asks for its name.
import type { Event } from '../core/events.ts'
import type { Plan } from '../plan/plan.ts'

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
}
export type RunRowStatus = 'running' | 'completed' | 'failed' | 'cancelled'

/** What one run adds: its events from sequence `firstSeq` on, and its row where that has changed. */
export type Append = {
  readonly run: string
  readonly firstSeq: number
  readonly events: readonly Event[]
  readonly row: RunRow | null
}

/** An answer that may be there at once. */
export type Maybe<T> = T | Promise<T>

export type Store = {
  readonly traits: Traits
  putPlan(id: string, plan: Plan): Maybe<void>
  getPlan(id: string): Maybe<Plan | null>
  append(batch: readonly Append[]): Maybe<void>
  /** Events of a run from sequence `fromSeq` on, oldest first; sequences count from 0. */
  events(run: string, fromSeq: number): Maybe<readonly Event[]>
  getRun(id: string): Maybe<RunRow | null>
  findByKey(key: string): Maybe<RunRow | null>
  /** Newest first. */
  listRuns(limit: number): Maybe<readonly RunRow[]>
  /** Runs that have not ended, the oldest first. */
  openRuns(): Maybe<readonly RunRow[]>
  /** Stores a text under the SHA-256 of its UTF-8 bytes; equal content once. */
  putBlob(hash: string, text: string): Maybe<void>
  getBlob(hash: string): Maybe<string | null>
  close(): Maybe<void>
}
