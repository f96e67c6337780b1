// Who starts runs and cancels them, and what they are told: it is compared with the disk at the moment it is told.
// Who has a key asks again where nobody answered: it is one run, whatever became of the first start.
import { encodeEvents } from '../../src/core/event-codec.ts'
import type { Outcome } from '../../src/core/events.ts'
import { LiveRun } from '../../src/engine/live-run.ts'
import { assert } from '../../src/lib/assert.ts'
import type { Json } from '../../src/lib/json.ts'
import type { Rng } from '../../src/lib/rng.ts'
import type { RunRow } from '../../src/stores/store.ts'
import type { Disk } from './disk.ts'
import type { Findings } from './findings.ts'
import type { SimulatedFlow, Workload } from './flows.ts'
import type { Process } from './process.ts'
import { WORLD, type Scheduler } from './scheduler.ts'
import type { Seen } from './seen.ts'

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

export type ClientPorts = {
  readonly rng: Rng
  readonly scheduler: Scheduler
  readonly disk: Disk
  readonly findings: Findings
  readonly workload: Workload
  readonly seen: Seen
  /** The process that serves right now. */
  readonly serving: () => Process | null
}

const CLIENTS_MS = 150
/** Long after the end of most runs. */
const LATER_MS = 1_000_000

export class Clients {
  readonly #ports: ClientPorts
  readonly #asking = new Set<Client>()
  readonly #told = new Map<string, string>()

  constructor(ports: ClientPorts) {
    this.#ports = ports
  }

  invite(): void {
    const { rng, scheduler, seen } = this.#ports
    for (let count = 1 + rng.below(3); count > 0; count -= 1) {
      const key = rng.chance(0.5) ? `key ${count}` : null
      const client = this.#newClient(key)
      this.#soon(() => this.#start(client))
      if (key !== null && rng.chance(0.5)) {
        seen.add('key used twice')
        this.#soon(() => this.#start(client))
        if (rng.chance(0.5)) scheduler.after(rng.below(LATER_MS), WORLD, () => this.#start(client))
      }
      if (rng.chance(0.2)) this.#soon(() => this.#cancel(client))
    }
  }

  /** Nobody who asked the process will hear of it. */
  crashed(): void {
    for (const client of this.#asking) if (client.key !== null) this.#soon(() => this.#start(client))
    this.#asking.clear()
  }

  /** Waits for the end of a run. */
  watch(asked: Process, run: LiveRun): void {
    asked.live.set(run.id, run)
    run.result().then(
      (outcome) => this.#tell(run.id, outcome),
      (error: unknown) => this.refuse(asked, error),
    )
  }

  /** Only a store that failed is a reason to refuse anything. */
  refuse({ hasFailed }: Process, error: unknown): void {
    const isMistake = error instanceof Error && 'code' in error && error.code === 'ENGINE_FAILED'
    if (!hasFailed || isMistake) this.#ports.findings.report(error)
  }

  #soon(act: () => void): void {
    const { scheduler, rng } = this.#ports
    scheduler.after(rng.below(CLIENTS_MS), WORLD, act)
  }

  #newClient(key: string | null): Client {
    const { rng, workload, seen } = this.#ports
    const flow = rng.pick(workload.flows)
    seen.add(flow.language)
    const isPlan = flow.language === 'plan'
    return {
      flow,
      input: isPlan ? rng.pick<Json>([null, { n: 1 }, { n: 1, text: 'long enough' }]) : { n: rng.below(9) },
      key,
      timeoutMs: rng.chance(0.1) ? rng.below(300) : null,
      callsMax: rng.pick([1, 2, 256]),
      run: null,
    }
  }

  #start(client: Client): void {
    const asked = this.#ports.serving()
    if (asked === null) return this.#soon(() => this.#start(client))
    this.#asking.add(client)
    const { flow, input, key, timeoutMs, callsMax } = client
    const program = asked.engine.link(flow.plan, flow.id)
    asked.engine.start(program, { input, key, timeoutMs, callsMax, language: flow.language }).then(
      (run) => this.#started(asked, client, run),
      (error: unknown) => this.refuse(asked, error),
    )
  }

  #started(asked: Process, client: Client, run: LiveRun | RunRow): void {
    const { findings, disk } = this.#ports
    this.#asking.delete(client)
    findings.check(() => {
      const stored = disk.runs.get(run.id)
      assert(stored?.events[0]?.kind === 'run-started', `run ${run.id} is told to have started, and is not stored`)
      assert(stored.row.key === client.key, 'a run has the key that it was started with')
      assert(client.key === null || (client.run ?? run.id) === run.id, `the key ${client.key} gives one run`)
    })
    client.run = run.id
    if (run instanceof LiveRun) this.watch(asked, run)
  }

  #tell(id: string, outcome: Outcome): void {
    this.#ports.findings.check(() => {
      const last = this.#ports.disk.read(id).at(-1)
      assert(last?.kind === 'run-finished', `the end of run ${id} is told, and is not stored`)
      const [told, stored] = [asText(outcome), asText(last.outcome)]
      assert(told === stored, `run ${id} is told to have ended as ${told}, and is stored as ${stored}`)
      assert((this.#told.get(id) ?? told) === told, `run ${id} has one end`)
      this.#told.set(id, told)
    })
  }

  #cancel(client: Client, triesLeft = 5): void {
    const asked = this.#ports.serving()
    if (client.run === null && triesLeft > 0) return this.#soon(() => this.#cancel(client, triesLeft - 1))
    const run = client.run === null ? null : (asked?.engine.live(client.run) ?? null)
    if (asked === null || run === null) return
    asked.engine.stop(run, 'cancelled', 'no longer wanted').then(
      (outcome) => this.#tell(run.id, outcome),
      (error: unknown) => this.refuse(asked, error),
    )
  }
}

function asText(outcome: Outcome): string {
  return encodeEvents([{ kind: 'run-finished', atMs: 0, outcome }])
}
