// Begins runs: one for each key, so many at once, each from its first step or from where an earlier run had come to.
import type { Event } from '../core/events.ts'
import { evolve } from '../core/evolve.ts'
import { statusOfEnd } from '../core/outcome.ts'
import { settle } from '../core/settle.ts'
import { newState } from '../core/state.ts'
import { Turn } from '../core/turn.ts'
import { sha256 } from '../lib/hash.ts'
import type { Json } from '../lib/json.ts'
import { after, type MaybeAsync } from '../lib/maybe-async.ts'
import { onceBy } from '../lib/once-by.ts'
import type { Value } from '../plan/leaf.ts'
import type { Program } from '../plan/link.ts'
import type { RunRow, Store } from '../stores/store.ts'
import type { Clock } from './clock.ts'
import type { Limits } from './limits.ts'
import { LiveRun } from './live-run.ts'
import type { Loop } from './loop.ts'
import { newRow, type StartOptions } from './new-row.ts'
import { createSecrets, spilledIn } from './secrets.ts'
import type { Values } from './values.ts'
import { sealVariables } from './variables.ts'

export type StartPorts = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly values: Values
  readonly loop: Loop
  /** @throws {EngineError} Where the engine is closed, or has failed. */
  readonly refuseClosed: () => void
  /** @throws {EngineError} Where no run may begin now. */
  readonly admitRun: () => void
  readonly keepPlan: (program: Program) => MaybeAsync<void>
  /** A run that has not ended. */
  readonly live: (id: string) => LiveRun | null
  /** It is one from now on, and then is not any more. */
  readonly hold: (run: LiveRun) => void
  readonly forget: (run: LiveRun) => void
  /** Sets the time limit of the whole run. */
  readonly limitRun: (run: LiveRun) => void
}

/** Begins a run; resolved when its start is stored. A key that is known answers its run, finished or not, and starts nothing. */
export type Start = (program: Program, given: StartOptions) => Promise<LiveRun | RunRow>

export function createStart(ports: StartPorts): Start {
  const { store, clock, limits, values, loop } = ports
  const startsByKey = new Map<string, Promise<LiveRun | RunRow>>()

  function start(program: Program, given: StartOptions): Promise<LiveRun | RunRow> {
    const { key = null } = given
    return key === null ? begin(program, given) : onceBy(startsByKey, key, () => findOrBegin(program, given, key))
  }

  async function findOrBegin(program: Program, given: StartOptions, key: string): Promise<LiveRun | RunRow> {
    ports.refuseClosed()
    const known = await store.findByKey(key)
    return known === null ? begin(program, given) : (ports.live(known.id) ?? known)
  }

  async function begin(program: Program, given: StartOptions): Promise<LiveRun> {
    ports.admitRun()
    const nowMs = clock.nowMs()
    const { variables, secrets } = sealVariables(program.plan, given.variables ?? {})
    const row = newRow(program, given, nowMs)
    const run = new LiveRun(row, newState(program), createSecrets(secrets), row.given.callsMax ?? limits.callsPerRunMax)
    ports.hold(run)
    const admitted = admitInput(run, program, given.input)
    const input = admitted instanceof Promise ? await admitted : admitted
    const { source = null } = given
    if (source !== null) await store.putBlob(sha256(source), source, run.id)
    ports.limitRun(run)
    if (given.reused) await beginFrom(run, given.reused, { input, variables })
    else loop.post(run, { kind: 'begin', input, variables })
    loop.pump()
    if (!run.isStarted) await run.started()
    return run
  }

  /** The run begins where steps have ended already, as if it had been left there. */
  async function beginFrom(
    run: LiveRun,
    { run: from, events }: NonNullable<StartOptions['reused']>,
    { input, variables }: { readonly input: Value; readonly variables: { readonly [name: string]: Value } },
  ): Promise<void> {
    const atMs = clock.nowMs()
    const steps = [...new Set(events.flatMap((event) => ('step' in event ? event.step : [])))]
    const begun: readonly Event[] = [
      { kind: 'run-started', atMs, plan: run.row.plan, input, variables },
      { kind: 'steps-reused', atMs, run: from, steps },
      ...events,
    ]
    for (const hash of begun.flatMap((event) => spilledIn(valueOf(event)))) await store.getBlob(hash, run.id)
    for (const event of begun) evolve(run.state, event)
    const turn = new Turn(run.state)
    settle(turn, run.state, atMs)
    run.lastMs = atMs
    if (run.state.outcome !== null) run.setRow({ status: statusOfEnd(run.state.outcome), endedAtMs: atMs })
    loop.adopt(run, [...begun, ...turn.events.toArray()], turn.effects.toArray())
    loop.post(run, { kind: 'slots-freed' })
  }

  /** A run whose input is none has not begun. */
  function admitInput(run: LiveRun, program: Program, input: Json): MaybeAsync<Value> {
    const forgotten = (error: unknown): never => {
      ports.forget(run)
      throw error
    }
    try {
      const admitted = after(ports.keepPlan(program), () => values.admitForeign(run, input))
      return admitted instanceof Promise ? admitted.catch(forgotten) : admitted
    } catch (error) {
      return forgotten(error)
    }
  }

  return start
}

/** All values of an event, as one. */
function valueOf(event: Event): Value {
  return event
}
