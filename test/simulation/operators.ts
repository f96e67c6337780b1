// Who looks after runs: pauses some, and has them go on later or not at all; and decides about calls that may have been done.
import { parkedIn, nameOf, type ParkedTask } from '../../src/core/rest.ts'
import type { LiveRun } from '../../src/engine/live-run.ts'
import { assert } from '../../src/lib/assert.ts'
import type { RunRow } from '../../src/stores/store.ts'
import type { ClientPorts } from './client-ports.ts'
import type { Decision, Decisions } from './decisions.ts'
import type { Ledger } from './ledger.ts'
import type { Pauses } from './pauses.ts'
import { codeOf, type Process } from './process.ts'
import { WORLD } from './scheduler.ts'

export type OperatorPorts = ClientPorts & {
  readonly ledger: Ledger
  readonly pauses: Pauses
  readonly decisions: Decisions
  readonly watch: (asked: Process, run: LiveRun) => void
  readonly refuse: (asked: Process, error: unknown) => void
}

const OPERATOR_MS = 150

export class Operators {
  readonly #ports: OperatorPorts
  /** Runs that somebody wanted to pause, until they are known to go on. */
  readonly #pausing = new Set<string>()
  /** Those of which an answer is awaited. */
  readonly #asking = new Set<string>()
  /** Those that somebody will look at soon, and those of which an answer to a decision is awaited. */
  readonly #looking = new Set<string>()
  readonly #deciding = new Set<string>()

  constructor(ports: OperatorPorts) {
    this.#ports = ports
  }

  pause(id: string): void {
    const { serving, pauses, findings, seen } = this.#ports
    const asked = serving()
    const run = asked?.engine.live(id) ?? null
    if (asked === null || run === null || this.#pausing.has(id)) return
    this.#pausing.add(id)
    this.#await(asked, id, asked.engine.pause(run, 'a look at it'), () => {
      findings.check(() => {
        if (pauses.told(id)) seen.add('pause')
      })
      this.#goOnSoon(id)
    })
  }

  /** Nobody will be told what became of what they asked for. */
  crashed(): void {
    this.#deciding.clear()
    this.#asking.clear()
    for (const id of this.#pausing) this.#goOnSoon(id)
  }

  /** Decides whenever the run has calls that wait for it. */
  attend(run: LiveRun): void {
    if (run.outcome !== null || run.broken !== null) return
    if (this.#parked(run.id).length > 0) this.#decideSoon(run.id)
    void run.nextStored().then(() => this.attend(run))
  }

  #goOnSoon(id: string): void {
    this.#soon(() => this.#goOn(id))
  }

  #goOn(id: string): void {
    if (!this.#pausing.has(id) || this.#asking.has(id)) return
    const { serving, disk, pauses } = this.#ports
    const asked = serving()
    if (asked === null) return this.#goOnSoon(id)
    const row = disk.runs.get(id)?.row
    const live = asked.engine.live(id)
    if (live === null && (row === undefined || row.endedAtMs !== null)) return void this.#pausing.delete(id)
    if (live === null && row !== undefined) return this.#goOnStored(asked, row)
    pauses.end(id)
    if (live !== null) this.#await(asked, id, asked.engine.unpause(live), () => this.#pausing.delete(id))
  }

  /** No process is at work on it: it is ended, or taken up, which takes somebody who wants that. */
  #goOnStored(asked: Process, row: RunRow): void {
    const { rng, pauses, findings, watch } = this.#ports
    const { engine } = asked
    const { id } = row
    if (pauses.has(id) && rng.chance(0.2))
      return this.#await(asked, id, engine.stopStored(row, 'no longer wanted'), () => this.#pausing.delete(id))
    if (row.status === 'paused' && rng.chance(0.3))
      return this.#await(asked, id, engine.resume(row), () =>
        findings.check(() => assert(false, `run ${id} is paused, and goes on without being asked to`)),
      )
    pauses.end(id)
    this.#await(asked, id, engine.resume(row, { isForced: true }), (run) => {
      this.#pausing.delete(id)
      watch(asked, run)
    })
  }

  /** What a full disk or a pause refuses is tried again. */
  #await<T>(asked: Process, id: string, answer: Promise<T>, then: (value: T) => void): void {
    this.#asking.add(id)
    const answered = (value: T): void => {
      this.#asking.delete(id)
      then(value)
    }
    answer.then(answered, (error: unknown) => {
      this.#asking.delete(id)
      if (codeOf(error) !== 'RUN_PAUSED') this.#ports.refuse(asked, error)
      if (codeOf(error) === 'STORE_FULL') this.#ports.ledger.forget(id)
      this.#goOnSoon(id)
    })
  }

  #decideSoon(id: string): void {
    if (this.#looking.has(id)) return
    this.#looking.add(id)
    this.#soon(() => {
      this.#looking.delete(id)
      this.#decide(id)
    })
  }

  #decide(id: string): void {
    const { serving, rng, decisions, findings, refuse } = this.#ports
    const asked = serving()
    const run = asked?.engine.live(id) ?? null
    if (asked === null || run === null || this.#deciding.has(id)) return
    this.#deciding.add(id)
    const parked = this.#parked(id).filter((_, index) => index === 0 || rng.chance(0.7))
    const given = parked.map((task) => ({ run: id, task, decision: this.#choose(id, task) }))
    for (const one of given) decisions.give(one)
    const named = given.map(({ task, decision }) => ({ task: nameOf(task), decision }))
    asked.engine.decide(run, named).then(
      (decided) => {
        findings.check(() => {
          const isOver = run.outcome !== null || (!run.isAsleep && run.state.status === 'ended')
          assert(isOver || decided.length === named.length, `run ${id} takes all decisions about what it waits for`)
          for (const one of given) decisions.answered(one, isOver)
        })
        this.#deciding.delete(id)
        if (this.#parked(id).length > 0) this.#decideSoon(id)
      },
      (error: unknown) => refuse(asked, error),
    )
  }

  /** What it waits for, as anybody sees it. */
  #parked(id: string): readonly ParkedTask[] {
    const stored = this.#ports.disk.runs.get(id)
    return stored === undefined || stored.state.outcome !== null ? [] : parkedIn(stored.state)
  }

  /** Whoever decides has looked: what was done is not done again. */
  #choose(run: string, { frame, step, lane }: ParkedTask): Decision {
    const { ledger, rng } = this.#ports
    const kind = rng.pick(['retry', 'fail', 'done'] as const)
    if (kind === 'retry' && !ledger.hasSucceeded(run, { frame, step, lane })) return { kind }
    return kind === 'fail' ? { kind } : { kind: 'done', output: rng.pick([null, 0, 'decided', { n: 8, list: [8] }]) }
  }

  #soon(act: () => void): void {
    const { scheduler, rng } = this.#ports
    scheduler.after(rng.below(OPERATOR_MS), WORLD, act)
  }
}
