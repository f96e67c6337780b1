// One seed: flows, clients that start and cancel runs, operators who pause them and decide, and an engine on a disk, which fails, is
// full, and crashes and begins again. What is told to a client is checked in `clients.ts`, to an operator in `pauses.ts` and
// `decisions.ts`, what is stored in `disk.ts`, what is called in `ledger.ts`, and what a run came to in `check-run.ts`; here are the
// laws of a run that goes on, and that each run ends.
import { assertStartedInOrder, assertWindows, fingerprint, replay } from '../../src/core/laws.ts'
import type { LiveRun } from '../../src/engine/live-run.ts'
import { assert } from '../../src/lib/assert.ts'
import { createRng, type Rng } from '../../src/lib/rng.ts'
import { parts } from '../../src/parts.ts'
import { planId } from '../../src/plan/hash.ts'
import { LANES_DEFAULT, link, type Program } from '../../src/plan/link.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { checkRun } from './check-run.ts'
import { Clients } from './clients.ts'
import { createScripted, isAtMostOnce, kindOf } from './components.ts'
import { Decisions } from './decisions.ts'
import { Disk } from './disk.ts'
import { Findings } from './findings.ts'
import { randomWorkload, type Workload } from './flows.ts'
import { Ledger } from './ledger.ts'
import type { World } from './oracle.ts'
import { Operators } from './operators.ts'
import { Pauses } from './pauses.ts'
import { codeOf, openProcess, type Process } from './process.ts'
import { Scheduler, WORLD, type Owner } from './scheduler.ts'
import type { RunRow } from '../../src/stores/store.ts'
import { seeEvents, type Seen } from './seen.ts'
import { randomWeather, type Weather } from './weather.ts'

/** Plays a seed, and says what it had in it; throws what it finds to be wrong. */
export async function simulate(seed: number): Promise<Seen> {
  const simulation = new Simulation(seed)
  await simulation.play()
  return simulation.seen
}

/** A process that cannot take up its runs on a full disk tries that again. */
const AGAIN_MS = 300

class Simulation {
  readonly seen: Seen = new Set()
  readonly #seed: number
  readonly #rng: Rng
  readonly #scheduler: Scheduler
  readonly #findings = new Findings()
  readonly #programs = new Map<string, Program>()
  readonly #disk: Disk
  readonly #ledger: Ledger
  readonly #workload: Workload
  readonly #weather: Weather
  readonly #clients: Clients
  readonly #operators: Operators
  readonly #pauses: Pauses
  readonly #decisions: Decisions
  #process: Process | null = null
  #processes = 0
  #crashes = 0
  #failures = 0

  constructor(seed: number) {
    const rng = createRng(seed)
    this.#seed = seed
    this.#rng = rng
    this.#scheduler = new Scheduler(rng)
    this.#disk = new Disk((plan, id) => this.#link(plan, id))
    this.#ledger = new Ledger(this.#disk)
    this.#workload = randomWorkload(rng)
    this.#weather = randomWeather(rng)
    this.#pauses = new Pauses(this.#disk)
    this.#decisions = new Decisions(this.#disk, this.seen)
    const ports = {
      rng,
      scheduler: this.#scheduler,
      disk: this.#disk,
      findings: this.#findings,
      workload: this.#workload,
      seen: this.seen,
      serving: () => this.#process,
    }
    this.#clients = new Clients({ ...ports, operators: () => this.#operators })
    this.#operators = new Operators({
      ...ports,
      ledger: this.#ledger,
      pauses: this.#pauses,
      decisions: this.#decisions,
      watch: (asked, run) => this.#clients.watch(asked, run),
      refuse: (asked, error) => this.#clients.refuse(asked, error),
    })
  }

  async play(): Promise<void> {
    this.#open()
    this.#clients.invite()
    for (const { atMs, forMs } of this.#weather.full) this.#fill(atMs, forMs)
    await this.#scheduler.run(() => this.#between())
    await this.#close()
    for (const id of this.#disk.runs.keys()) {
      seeEvents(this.seen, this.#disk.read(id))
      checkRun(id, { disk: this.#disk, ledger: this.#ledger, decisions: this.#decisions }, this.#world(), this.seen)
    }
    this.#clients.checkRefused()
  }

  /** The disk is full for a while. */
  #fill(atMs: number, forMs: number): void {
    this.#scheduler.after(atMs, WORLD, () => {
      this.seen.add('full disk')
      this.#disk.isFull = true
      this.#scheduler.after(forMs, WORLD, () => {
        this.#disk.isFull = false
      })
    })
  }

  #link(plan: Plan, id: string): Program {
    let program = this.#programs.get(id)
    if (program === undefined) {
      assert(planId(plan) === id, 'a plan is stored under its own id')
      program = link(id, plan, { lanesOf, texts: () => parts.texts() })
      this.#programs.set(id, program)
    }
    return program
  }

  #innerPlan(step: string): Plan {
    return step.startsWith('r') ? this.#workload.inner : this.#workload.leaf
  }

  #world(): World {
    const innerPlan = (step: string): Plan => this.#innerPlan(step)
    return { seed: this.#seed, texts: parts.texts(), kindOf, isAtMostOnce, innerPlan }
  }

  #open(): void {
    const number = (this.#processes += 1)
    const shared = { rng: this.#rng, scheduler: this.#scheduler, disk: this.#disk }
    const components = createScripted({
      ...shared,
      seed: this.#seed,
      owner: number,
      ledger: this.#ledger,
      pauses: this.#pauses,
      findings: this.#findings,
      framesEffect: this.#seed % 2 === 0 ? 'pure' : 'at-least-once',
      innerPlan: (step) => this.#innerPlan(step),
    })
    const opened = openProcess({
      ...shared,
      number,
      components,
      weather: this.#weather,
      mayFail: this.#failures < this.#weather.failuresMax,
      onFailed: (how) => this.#storeFailed(number, how),
    })
    this.#process = opened
    void this.#resumeAll(opened)
  }

  /** Goes on with what another process left, but for what is paused. */
  async #resumeAll(opened: Process): Promise<void> {
    const { store } = opened
    try {
      for (const row of await store.openRuns()) if (row.status !== 'paused') await this.#resume(opened, row)
    } catch (error) {
      this.#clients.refuse(opened, error)
    }
  }

  /** What a full disk refuses is tried again. */
  async #resume(opened: Process, row: RunRow): Promise<void> {
    try {
      this.#clients.watch(opened, await opened.engine.resume(row, { isForced: true }))
    } catch (error) {
      this.#clients.refuse(opened, error)
      if (codeOf(error) !== 'STORE_FULL') return
      this.#ledger.forget(row.id)
      this.#scheduler.after(AGAIN_MS, opened.number, () => void this.#resume(opened, row))
    }
  }

  #crash({ number, store }: Process): void {
    this.#process = null
    this.#scheduler.cutOff(number)
    store.crash()
    this.#clients.crashed()
    this.#operators.crashed()
    this.#pauses.crashed()
    this.#decisions.crashed()
    this.#scheduler.after(this.#rng.below(100), WORLD, () => this.#open())
  }

  /** The process finds out, tells whoever waits, and ends. */
  #storeFailed(number: Owner, how: 'before' | 'after'): void {
    this.#failures += 1
    this.seen.add(how === 'before' ? 'store failure' : 'lost answer')
    this.#scheduler.after(this.#rng.below(50), WORLD, () => {
      if (this.#process?.number === number) this.#crash(this.#process)
    })
  }

  #between(): void {
    this.#findings.raise()
    this.#pauses.checkStored()
    const serving = this.#process
    if (serving === null) return
    assert(serving.engine.lostCount === 0, 'no run is found that nothing would have woken')
    for (const run of serving.live.values()) this.#checkLive(run)
    const { crashes, crashesMax } = this.#weather
    if (this.#crashes >= crashesMax || !this.#rng.chance(crashes)) return
    this.#crashes += 1
    this.seen.add('crash')
    this.#crash(serving)
  }

  /** A replay is compared when all that was decided is stored. */
  #checkLive(run: LiveRun): void {
    if (run.outcome !== null) return
    if (run.isAsleep) {
      this.seen.add('out of memory at rest')
      return
    }
    const { state, id } = run
    if (state.status !== 'running' || !this.#rng.chance(0.1)) return
    assertStartedInOrder(state)
    assertWindows(state)
    const isStored = run.unstored === null && this.#disk.runs.get(id)?.events.length === run.nextSeq
    if (!isStored || run.hasMail || state.missing.size > 0 || !this.#rng.chance(0.3)) return
    const again = replay(state.root, state.programs, this.#disk.read(id), this.#disk.loaded())
    const [live, replayed] = [fingerprint(state), fingerprint(again.state)]
    assert(live === replayed, `a replayed run is the run that made its log:\nlive   ${live}\nreplay ${replayed}`)
  }

  async #close(): Promise<void> {
    const open = [...this.#disk.runs.values()].filter(({ state }) => state.outcome === null).map(({ row }) => row.id)
    assert(open.length === 0, `every run ends, and ${open.join(', ')} waits for nothing`)
    const last = this.#process
    assert(last !== null, 'a process is left')
    let isClosed = false
    void last.engine.close().then(() => {
      isClosed = true
    })
    await this.#scheduler.run(() => this.#findings.raise())
    await this.#scheduler.settle()
    assert(isClosed, 'an engine closes when its runs have ended')
  }
}

function lanesOf(component: string): number {
  return isAtMostOnce(component) ? 1 : LANES_DEFAULT
}
