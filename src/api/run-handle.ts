// A run as a caller holds it: its end, its events, and the way to stop it. It may have ended long ago.
import type { Engine } from '../engine/engine.ts'
import { EngineError } from '../engine/errors.ts'
import { LiveRun } from '../engine/live-run.ts'
import { logPages, PAGE_EVENTS } from '../engine/log-pages.ts'
import type { Event, Outcome } from '../core/events.ts'
import type { State } from '../core/state.ts'
import { notesOf } from '../core/run-notes.ts'
import { finished, newRecord, note, type RunRecord } from '../core/summary.ts'
import { waitOf, type Wait } from '../core/waits.ts'
import type { Program } from '../plan/link.ts'
import type { RunRow } from '../stores/store.ts'
import { EventView, type RunEvent } from './events.ts'
import { showOutcome, type RunOutcome } from './outcome.ts'
import { toReport, type Report } from './report.ts'
import { withNotes, type Warning } from './warnings.ts'

/** What a run waits for when nobody works on it. */
export type RunWait = NonNullable<RunRow['waitsFor']>

export type Run = {
  readonly id: string
  /** What is probably not as it was meant, lints of the flow included. */
  readonly warnings: readonly Warning[]
  /** Those, and what has shown itself while it ran: conditions that broke, names in templates that stood for nothing. */
  allWarnings(): Promise<readonly Warning[]>
  /** How it ended; waits for that. Never throws for a flow that failed: only when the store does, or where nobody works on the run. */
  result(): Promise<RunOutcome>
  /** How it ended, or what it rests on until somebody does something. */
  endOrRest(): Promise<RunOutcome | RunWait>
  /** All its events from the first on; ends when the run has. */
  events(): AsyncIterable<RunEvent>
  /** Those that are stored now, of a run that may go on elsewhere or not at all. */
  storedEvents(): AsyncIterable<RunEvent>
  /** Stops it; resolved when that is stored. A run that has ended keeps its end. */
  cancel(reason?: string): Promise<RunOutcome>
  /** What has happened up to now. */
  report(): Promise<Report>
  /** The same as it is recorded, with the program that ran. */
  record(): Promise<{ readonly program: Program; readonly record: RunRecord }>
  /** What a step that has not ended waits for; `null` where there is nothing to wait for. */
  waitsFor(step: string): Promise<Wait | null>
}

export function toRun(engine: Engine, program: Program, started: LiveRun | RunRow, warnings: readonly Warning[]): Run {
  return new Handle(engine, program, started, warnings)
}

class Handle implements Run {
  readonly id: string
  readonly warnings: readonly Warning[]
  readonly #engine: Engine
  readonly #program: Program
  readonly #started: LiveRun | RunRow

  constructor(engine: Engine, program: Program, started: LiveRun | RunRow, warnings: readonly Warning[]) {
    this.id = started.id
    this.warnings = warnings
    this.#engine = engine
    this.#program = program
    this.#started = started
  }

  async allWarnings(): Promise<readonly Warning[]> {
    if (!this.#program.mayNote) return this.warnings
    return withNotes(this.warnings, notesOf(this.#program, await this.#record()))
  }

  result(): Promise<RunOutcome> {
    return resultOf(this.#engine, this.#program, this.#started)
  }

  async endOrRest(): Promise<RunOutcome | RunWait> {
    const rest = this.#live === null ? null : await restOrEnd(this.#live)
    return rest ?? this.result()
  }

  async *events(): AsyncGenerator<RunEvent> {
    const view = this.#newView()
    for await (const event of storedEvents(this.#engine, this.id, this.#live)) yield view.show(event)
  }

  async *storedEvents(): AsyncGenerator<RunEvent> {
    const view = this.#newView()
    for await (const events of logPages(this.#engine.store, this.id)) for (const event of events) yield view.show(event)
  }

  async cancel(reason?: string): Promise<RunOutcome> {
    const live = this.#live
    if (live !== null && this.#engine.live(this.id) !== null) await this.#engine.stop(live, 'cancelled', reason ?? null)
    return this.result()
  }

  async report(): Promise<Report> {
    const [program, record] = [this.#program, await this.#record()]
    const warnings = withNotes(this.warnings, notesOf(program, record))
    return toReport(await this.#row(), program, record, warnings, await this.#state())
  }

  async record(): Promise<{ readonly program: Program; readonly record: RunRecord }> {
    return { program: this.#program, record: await this.#record() }
  }

  async waitsFor(step: string): Promise<Wait | null> {
    const index = this.#program.steps.findIndex((candidate) => candidate.id === step)
    const state = index < 0 ? null : await this.#state()
    return state === null ? null : waitOf(state, index)
  }

  get #live(): LiveRun | null {
    return this.#started instanceof LiveRun ? this.#started : null
  }

  #newView(): EventView {
    return new EventView(this.#program.plan, (plan) => this.#engine.planOf(plan))
  }

  #record(): Promise<RunRecord> {
    return recordOf(this.#engine, this.#program, this.id)
  }

  async #row(): Promise<RunRow> {
    return this.#started instanceof LiveRun
      ? this.#started.row
      : ((await this.#engine.store.getRun(this.id)) ?? this.#started)
  }

  /** How it stands; `null` when it has ended. */
  async #state(): Promise<State | null> {
    const live = this.#live
    if (live !== null && !live.isAsleep) return live.outcome === null ? live.state : null
    const row = await this.#row()
    return row.endedAtMs === null ? this.#engine.stateOf(row) : null
  }
}

/** How a run ended; waits for that. */
export async function resultOf(engine: Engine, program: Program, started: LiveRun | RunRow): Promise<RunOutcome> {
  const live = started instanceof LiveRun ? started : null
  const outcome = live === null ? await storedOutcome(engine, program, started.id) : await live.result()
  if (outcome.outcome !== 'success') return showOutcome(outcome, program)
  return { outcome: 'success', result: await engine.reveal(live, outcome.result) }
}

async function recordOf(engine: Engine, program: Program, id: string): Promise<RunRecord> {
  const record = newRecord(program)
  for await (const events of logPages(engine.store, id)) for (const event of events) note(record, event)
  return finished(record)
}

async function storedOutcome(engine: Engine, program: Program, id: string): Promise<Outcome> {
  const { outcome } = await recordOf(engine, program, id)
  if (outcome !== null) return outcome
  if ((await engine.store.getRun(id)) === null)
    return { outcome: 'cancelled', reason: 'The run is not in the store any more' }
  throw new EngineError('RUN_PAUSED', `Run ${id} has not ended, and this engine does not work on it: resume it first`)
}

/** What a run has come to rest on; `null` when it has ended. */
async function restOrEnd(live: LiveRun): Promise<RunWait | null> {
  const ended = live.result()
  ended.catch(() => undefined) // who asks for the end is told
  while (live.outcome === null) {
    const stored = live.nextStored()
    const { waitsFor } = live.row
    if (!live.isRowNew && waitsFor !== null && waitsForSomebody(waitsFor, live)) return waitsFor
    await Promise.race([stored, ended])
  }
  return null
}

/** Where it goes on by itself in a moment, that is waited for first. */
function waitsForSomebody(wait: RunWait, live: LiveRun): boolean {
  if (wait.kind === 'decision') return wait.untilMs === undefined || live.isAsleep
  return wait.kind !== 'timer'
}

/** Reads events as they are stored. Nothing is buffered: a slow reader finds them in the store. */
async function* storedEvents(engine: Engine, id: string, live: LiveRun | null): AsyncGenerator<Event> {
  let seq = 0
  for (;;) {
    if (live?.broken?.code === 'ENGINE_CLOSED') return
    if (live !== null && live.broken !== null) throw live.broken
    const hasMore = live === null ? Promise.resolve() : live.nextStored()
    const events = await engine.store.events(id, seq, PAGE_EVENTS)
    for (const event of events) {
      yield event
      if (event.kind === 'run-finished') return
    }
    seq += events.length
    if (live === null && events.length < PAGE_EVENTS) return
    if (events.length > 0) continue
    if (live === null || engine.live(id) === null) return
    await hasMore
  }
}
