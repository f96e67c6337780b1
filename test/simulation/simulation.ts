// One seed: flows, clients that start and cancel runs, and an engine on a disk, which fails and crashes and begins again.
// Everything that is told to a client is compared with the disk at the moment it is told; what holds at the end is in `check-run.ts`.
import { encodeEvents } from '../../src/core/event-codec.ts'
import type { Outcome } from '../../src/core/events.ts'
import { assertStartedInOrder, assertWindows, fingerprint, replay } from '../../src/core/laws.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import { LiveRun } from '../../src/engine/live-run.ts'
import { assert } from '../../src/lib/assert.ts'
import { createRng, type Rng } from '../../src/lib/rng.ts'
import type { Json } from '../../src/lib/json.ts'
import { parts } from '../../src/parts.ts'
import { LANES_DEFAULT, link, type Program } from '../../src/plan/link.ts'
import { planId } from '../../src/plan/hash.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { RunRow } from '../../src/stores/store.ts'
import { checkRun } from './check-run.ts'
import { createScripted, isAtMostOnce, kindOf } from './components.ts'
import { Disk } from './disk.ts'
import { openFaultyStore, type FaultyStore } from './faulty-store.ts'
import { Findings } from './findings.ts'
import { randomWorkload, type SimulatedFlow, type Workload } from './flows.ts'
import { Ledger } from './ledger.ts'
import { Scheduler, WORLD, type Owner } from './scheduler.ts'
import { seeEvents, type Seen } from './seen.ts'
import { createVirtualClock } from './virtual-clock.ts'

/** One process: an engine with its store. */
type Process = { readonly number: Owner; readonly engine: Engine; readonly store: FaultyStore; hasFailed: boolean }

/** Somebody who wants a run. */
type Client = {
  readonly flow: SimulatedFlow
  readonly input: Json
  readonly key: string | null
  readonly timeoutMs: number | null
  readonly callsMax: number
  /** Its run, once it was told of it. */
  run: string | null
}

/** How rough the world of a seed is. */
type Weather = {
  readonly crashes: number
  readonly failsBefore: number
  readonly failsAfter: number
  readonly spillBytesMin: number | null
  readonly decisionsPerTurnMax: number
  readonly callsPerEngineMax: number
}

const CRASHES_MAX = 4
const FAILURES_MAX = 2
const CLIENTS_MS = 150

/** Plays a seed; throws what it finds to be wrong. */
export async function simulate(seed: number): Promise<Simulation> {
  const simulation = new Simulation(seed)
  await simulation.play()
  return simulation
}

class Simulation {
  readonly seed: number
  readonly seen: Seen = new Set()
  readonly disk: Disk
  readonly ledger: Ledger
  readonly #rng: Rng
  readonly #scheduler: Scheduler
  readonly #findings = new Findings()
  readonly #workload: Workload
  readonly #weather: Weather
  readonly #clients: Client[] = []
  readonly #programs = new Map<string, Program>()
  readonly #live = new Map<string, LiveRun>()
  readonly #told = new Map<string, string>()
  #process: Process | null = null
  #processes = 0
  #crashes = 0
  #failures = 0

  constructor(seed: number) {
    this.seed = seed
    this.#rng = createRng(seed)
    this.#scheduler = new Scheduler(this.#rng)
    this.disk = new Disk((plan, id) => this.#link(plan, id))
    this.ledger = new Ledger(this.disk)
    this.#workload = randomWorkload(this.#rng)
    this.#weather = randomWeather(this.#rng)
  }

  async play(): Promise<void> {
    this.#open()
    this.#invite()
    await this.#scheduler.run(() => this.#between())
    await this.#close()
    for (const id of this.disk.runs.keys()) {
      seeEvents(this.seen, this.disk.read(id))
      checkRun(id, this.disk, this.ledger, this.#world(), this.seen)
    }
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

  #world(): Parameters<typeof checkRun>[3] {
    const innerPlan = (step: string): Plan => this.#innerPlan(step)
    return { seed: this.seed, texts: parts.texts(), kindOf, isAtMostOnce, innerPlan }
  }

  // The process, and what happens to it.

  #open(): void {
    const number = (this.#processes += 1)
    const scheduler = this.#scheduler
    const rng = this.#rng
    const aheadMs = number === 1 ? 0 : rng.pick([0, 0, 0, 3_600_000, -3_600_000])
    const clock = createVirtualClock(scheduler, rng, number, aheadMs)
    const { spillBytesMin, failsBefore, failsAfter, decisionsPerTurnMax, callsPerEngineMax } = this.#weather
    const mayFail = this.#failures < FAILURES_MAX
    const store = openFaultyStore(this.disk, scheduler, rng, number, {
      spillBytesMin,
      failsBefore: mayFail ? failsBefore : 0,
      failsAfter: mayFail ? failsAfter : 0,
      delayMsMax: 5,
      onFailed: (how) => this.#storeFailed(number, how),
    })
    const components = createScripted({
      seed: this.seed,
      rng,
      scheduler,
      owner: number,
      disk: this.disk,
      ledger: this.ledger,
      findings: this.#findings,
      framesEffect: this.seed % 2 === 0 ? 'pure' : 'at-least-once',
      innerPlan: (step) => this.#innerPlan(step),
    })
    const limits = { decisionsPerTurnMax, callsPerEngineMax }
    const engine = createEngine({ store, components, clock, limits, texts: () => parts.texts() })
    const opened: Process = { number, engine, store, hasFailed: false }
    this.#process = opened
    void this.#resumeAll(opened)
  }

  /** Goes on with what another process left. */
  async #resumeAll(opened: Process): Promise<void> {
    const { engine, store } = opened
    try {
      for (const row of await store.openRuns()) this.#watch(opened, await engine.resume(row, { isForced: true }))
    } catch (error) {
      this.#refused(opened, error)
    }
  }

  #crash(): void {
    const crashed = this.#process
    if (crashed === null) return
    this.#process = null
    this.#live.clear()
    this.#scheduler.cutOff(crashed.number)
    crashed.store.crash()
    this.#scheduler.after(this.#rng.below(100), WORLD, () => this.#open())
  }

  /** The process finds out, tells whoever waits, and ends. */
  #storeFailed(number: Owner, how: 'before' | 'after'): void {
    this.#failures += 1
    this.seen.add(how === 'before' ? 'store failure' : 'lost answer')
    if (this.#process?.number === number) this.#process.hasFailed = true
    this.#scheduler.after(this.#rng.below(50), WORLD, () => {
      if (this.#process?.number === number) this.#crash()
    })
  }

  #between(): void {
    this.#findings.raise()
    for (const run of this.#live.values()) this.#checkLive(run)
    if (this.#crashes >= CRASHES_MAX || this.#process === null || !this.#rng.chance(this.#weather.crashes)) return
    this.#crashes += 1
    this.seen.add('crash')
    this.#crash()
  }

  /** The laws of a run that goes on. A replay is compared when all that was decided is stored. */
  #checkLive(run: LiveRun): void {
    const { state, id } = run
    if (state.status !== 'running' || !this.#rng.chance(0.1)) return
    assertStartedInOrder(state)
    assertWindows(state)
    const isStored = run.unstored.length === 0 && this.disk.runs.get(id)?.events.length === run.nextSeq
    if (!isStored || run.mailbox.count > 0 || state.missing.size > 0 || !this.#rng.chance(0.3)) return
    const again = replay(state.root, state.programs, this.disk.read(id), this.disk.loaded())
    const [live, replayed] = [fingerprint(state), fingerprint(again.state)]
    assert(live === replayed, `a replayed run is the run that made its log:\nlive   ${live}\nreplay ${replayed}`)
  }

  async #close(): Promise<void> {
    const open = [...this.disk.runs.values()].filter(({ state }) => state.outcome === null).map(({ row }) => row.id)
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

  // The clients, and what they are told.

  #invite(): void {
    const rng = this.#rng
    for (let count = 1 + rng.below(3); count > 0; count -= 1) {
      const key = rng.chance(0.5) ? `key ${count}` : null
      const client = this.#newClient(key)
      this.#clients.push(client)
      this.#at(() => this.#start(client))
      if (key !== null && rng.chance(0.5)) {
        this.seen.add('key used twice')
        this.#at(() => this.#start(client))
        if (rng.chance(0.5)) this.#scheduler.after(rng.below(1_000_000), WORLD, () => this.#start(client))
      }
      if (rng.chance(0.2)) this.#at(() => this.#cancel(client))
    }
  }

  #at(act: () => void): void {
    this.#scheduler.after(this.#rng.below(CLIENTS_MS), WORLD, act)
  }

  #newClient(key: string | null): Client {
    const rng = this.#rng
    const flow = rng.pick(this.#workload.flows)
    if (flow.language === 'plan' || flow.language === 'stepflow' || flow.language === 'jinba')
      this.seen.add(flow.language)
    return {
      flow,
      input:
        flow.language === 'plan'
          ? rng.pick<Json>([null, { n: 1 }, { n: 1, text: 'long enough' }])
          : { n: rng.below(9) },
      key,
      timeoutMs: rng.chance(0.1) ? rng.below(300) : null,
      callsMax: rng.pick([1, 2, 256]),
      run: null,
    }
  }

  #start(client: Client): void {
    const asked = this.#process
    if (asked === null) return this.#at(() => this.#start(client))
    const { flow, input, key, timeoutMs, callsMax } = client
    const program = asked.engine.link(flow.plan, flow.id)
    asked.engine.start(program, { input, key, timeoutMs, callsMax, language: flow.language }).then(
      (run) => this.#started(asked, client, run),
      (error: unknown) => {
        this.#refused(asked, error)
        // Who has a key asks again: it is one run, whatever became of the first start.
        if (key !== null) this.#at(() => this.#start(client))
      },
    )
  }

  #started(asked: Process, client: Client, run: LiveRun | RunRow): void {
    this.#findings.check(() => {
      const stored = this.disk.runs.get(run.id)
      assert(stored?.events[0]?.kind === 'run-started', `run ${run.id} is told to have started, and is not stored`)
      assert(stored.row.key === client.key, 'a run has the key that it was started with')
      assert(client.key === null || (client.run ?? run.id) === run.id, `the key ${client.key} gives one run`)
    })
    client.run = run.id
    if (run instanceof LiveRun) this.#watch(asked, run)
  }

  #watch(asked: Process, run: LiveRun): void {
    if (asked === this.#process) this.#live.set(run.id, run)
    run.result().then(
      (outcome) => this.#tell(run.id, outcome),
      (error: unknown) => this.#refused(asked, error),
    )
  }

  #tell(id: string, outcome: Outcome): void {
    this.#findings.check(() => {
      const last = this.disk.read(id).at(-1)
      assert(last?.kind === 'run-finished', `the end of run ${id} is told, and is not stored`)
      const [told, stored] = [outcome, last.outcome].map((ended) =>
        encodeEvents([{ kind: 'run-finished', atMs: 0, outcome: ended }]),
      )
      assert(told === stored, `run ${id} is told to have ended as ${told}, and is stored as ${stored}`)
      assert((this.#told.get(id) ?? told) === told, `run ${id} has one end`)
      this.#told.set(id, told ?? '')
    })
  }

  #cancel(client: Client, triesLeft = 5): void {
    const asked = this.#process
    if (client.run === null && triesLeft > 0) return this.#at(() => this.#cancel(client, triesLeft - 1))
    const run = client.run === null ? null : (asked?.engine.live(client.run) ?? null)
    if (asked === null || run === null) return
    asked.engine.stop(run, 'cancelled', 'no longer wanted').then(
      (outcome) => this.#tell(run.id, outcome),
      (error: unknown) => this.#refused(asked, error),
    )
  }

  /** Only a store that failed is a reason to refuse anything. */
  #refused({ hasFailed }: Process, error: unknown): void {
    if (!hasFailed || isMistake(error)) this.#findings.report(error)
  }
}

function lanesOf(component: string): number {
  return isAtMostOnce(component) ? 1 : LANES_DEFAULT
}

function isMistake(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENGINE_FAILED'
}

function randomWeather(rng: Rng): Weather {
  const isRough = rng.chance(0.4)
  return {
    crashes: rng.pick([0, 0, 0.005, 0.02, 0.05]),
    failsBefore: isRough ? rng.pick([0, 0.02, 0.1]) : 0,
    failsAfter: isRough ? rng.pick([0, 0.02, 0.1]) : 0,
    spillBytesMin: rng.pick([null, 12, 12, 40]),
    decisionsPerTurnMax: rng.pick([1, 5, 3_000]),
    callsPerEngineMax: rng.pick([1, 3, 1_024]),
  }
}
