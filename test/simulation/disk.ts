// What survives every crash: plans, blobs, and events as text. Whatever is written here is checked at once.
// K1  The events of a run have no hole, nothing follows its end, and what they name is there before them: plans and blobs.
// K2  What is read back is what was written as text, and nothing of the process that wrote it.
// K3  `stored` is each run as its stored events say it is: what is owed to the world has to follow from that alone.
import { tasksInFlight } from '../../src/core/answers.ts'
import { decodeEvents, encodeEvents } from '../../src/core/event-codec.ts'
import { evolve } from '../../src/core/evolve.ts'
import type { Event } from '../../src/core/events.ts'
import type { TaskRef } from '../../src/core/facts.ts'
import { statusOfEnd } from '../../src/core/outcome.ts'
import { newState, type State } from '../../src/core/state.ts'
import { assert } from '../../src/lib/assert.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { mapLeaves, Spilled, type Value } from '../../src/plan/leaf.ts'
import type { Program } from '../../src/plan/link.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { Append, RunRow } from '../../src/stores/store.ts'

export type StoredRun = {
  row: RunRow
  readonly texts: string[]
  readonly events: Event[]
  readonly state: State
  /** What was being done when a process ended, as `frame.step.lane`: whether it was done is not known. */
  readonly inDoubt: Set<string>
  /** What was being done when the run was stopped. */
  atStop: readonly TaskRef[]
  /** Events of which the process that wrote them was told that they are stored. */
  answeredCount: number
}
/** An append as it goes to the disk: as text. */
export type Written = Omit<Append, 'events'> & { readonly text: string }

export function toWritten({ run, firstSeq, events, row }: Append): Written {
  return { run, firstSeq, row, text: encodeEvents(events) }
}

export class Disk {
  readonly plans = new Map<string, string>()
  readonly blobs = new Map<string, string>()
  readonly runs = new Map<string, StoredRun>()
  /** It takes no more logs for a while. Plans and blobs are small beside them, and are let through. */
  isFull = false
  readonly #programs = new Map<string, Program>()
  readonly #link: (plan: Plan, id: string) => Program

  constructor(link: (plan: Plan, id: string) => Program) {
    this.#link = link
  }

  planOf(id: string): Plan | null {
    const text = this.plans.get(id)
    return text === undefined ? null : (JSON.parse(text) as Plan)
  }

  write(batch: readonly Written[]): void {
    for (const { run: id, firstSeq, row, text } of batch) {
      const run = this.runs.get(id) ?? this.#add(id, row)
      const events = decodeEvents(text)
      assert(
        events.length === 0 || firstSeq === run.events.length,
        `run ${id} has ${run.events.length} events, and more from ${firstSeq}`,
      )
      run.texts.push(text)
      for (const event of events) this.#fold(run, event)
      if (row !== null) run.row = row
      const { outcome } = run.state
      assert((run.row.endedAtMs !== null) === (outcome !== null), 'the row of a run says whether it has ended')
      const { status } = run.row
      assert(outcome === null || status === statusOfEnd(outcome), `the row of a run that has ended says ${status}`)
    }
  }

  /** Who wrote `batch` is told so. */
  answer(batch: readonly Written[]): void {
    for (const { run: id } of batch) {
      const run = this.runs.get(id)
      if (run !== undefined) run.answeredCount = run.events.length
    }
  }

  #add(id: string, row: RunRow | null): StoredRun {
    assert(row !== null, `the first that is stored of run ${id} has its row`)
    for (const other of this.runs.values())
      assert(row.key === null || other.row.key !== row.key, `the key ${row.key} begins one run`)
    const run: StoredRun = {
      row,
      texts: [],
      events: [],
      state: newState(this.#programOf(row.plan)),
      inDoubt: new Set(),
      atStop: [],
      answeredCount: 0,
    }
    this.runs.set(id, run)
    return run
  }

  #fold(run: StoredRun, event: Event): void {
    const { state, events } = run
    const beforeMs = events.at(-1)?.atMs ?? 0
    assert(state.status !== 'ended', `nothing follows the end of a run, and ${event.kind} does`)
    assert(event.atMs >= beforeMs, `the times of a run never decrease, and ${event.kind} is before its predecessor`)
    if (event.kind === 'frames-asked') state.programs.set(event.plan, this.#programOf(event.plan))
    if (event.kind === 'run-resumed')
      for (const { frame, step, lane } of [...state.frames.values()].flatMap(tasksInFlight))
        run.inDoubt.add(`${frame}.${step}.${lane}`)
    if (event.kind === 'run-stopped') run.atStop = [...state.frames.values()].flatMap(tasksInFlight)
    for (const value of valuesIn(event)) this.#checkLeaves(value)
    evolve(state, event)
    events.push(event)
  }

  #programOf(id: string): Program {
    const known = this.#programs.get(id)
    if (known !== undefined) return known
    const plan = this.planOf(id)
    assert(plan !== null, `the plan ${id} is stored before what names it`)
    const program = this.#link(plan, id)
    this.#programs.set(id, program)
    return program
  }

  #checkLeaves(value: Value): void {
    mapLeaves(value, (leaf) => {
      if (leaf instanceof Spilled) this.checkBlob(leaf.hash)
      return null
    })
  }

  checkBlob(hash: string): void {
    const text = this.blobs.get(hash)
    assert(text !== undefined, `the blob ${hash} is stored before what names it`)
    assert(sha256(text) === hash, `the blob ${hash} is what its name says`)
  }

  /** The events of a run as a reader finds them. */
  read(id: string): readonly Event[] {
    return this.runs.get(id)?.texts.flatMap(decodeEvents) ?? []
  }

  /** Values of the blobs, for a replay. */
  loaded(): Map<string, Value> {
    return new Map([...this.blobs].map(([hash, text]) => [hash, JSON.parse(text) as Value]))
  }
}

function valuesIn(event: Event): readonly Value[] {
  if (event.kind === 'run-started') return [event.input]
  if (event.kind === 'frames-asked') return event.inputs
  if (event.kind === 'run-finished') return event.outcome.outcome === 'success' ? [event.outcome.result] : []
  return 'output' in event ? [event.output] : []
}
