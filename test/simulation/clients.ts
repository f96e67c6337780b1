// Who starts runs and cancels them, and what they are told: it is compared with the disk at the moment it is told.
// A start that finds the disk full is refused, leaves nothing behind, and is tried again.
// Who has a key asks again where nobody answered: it is one run, whatever became of the first start.
import { encodeEvents } from '../../src/core/event-codec.ts'
import type { Outcome } from '../../src/core/events.ts'
import { LiveRun } from '../../src/engine/live-run.ts'
import { assert } from '../../src/lib/assert.ts'
import type { Json } from '../../src/lib/json.ts'
import type { RunRow } from '../../src/stores/store.ts'
import type { ClientPorts } from './client-ports.ts'
import type { SimulatedFlow } from './flows.ts'
import type { Operators } from './operators.ts'
import { codeOf, type Process } from './process.ts'
import { WORLD } from './scheduler.ts'

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

type Ports = ClientPorts & { readonly operators: () => Operators }

const CLIENTS_MS = 150
/** Long after the end of most runs. */
const LATER_MS = 1_000_000

export class Clients {
  readonly #ports: Ports
  readonly #asking = new Set<Client>()
  readonly #told = new Map<string, string>()
  /** Starts that found the disk full, by the name that each gives its run. */
  readonly #refused = new Set<string>()
  #starts = 0

  constructor(ports: Ports) {
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
      if (rng.chance(0.2)) this.#soon(() => this.#pause(client))
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
    this.#ports.operators().attend(run)
    run.result().then(
      (outcome) => this.#tell(run.id, outcome),
      (error: unknown) => this.refuse(asked, error),
    )
  }

  /** Only a store that failed, or a full disk, is a reason to refuse anything. */
  refuse({ hasFailed, store }: Process, error: unknown): void {
    const code = codeOf(error)
    const isExplained = code === 'STORE_FULL' ? store.wasFull : hasFailed && code !== 'ENGINE_FAILED'
    if (!isExplained) this.#ports.findings.report(error)
  }

  /** What was refused has left nothing. */
  checkRefused(): void {
    for (const { row } of this.#ports.disk.runs.values())
      assert(!this.#refused.has(row.flow ?? ''), `run ${row.id} is stored, and its start was refused`)
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
    const name = `start ${(this.#starts += 1)}`
    const isHeld = key === null && asked.store.isHolding()
    asked.engine.start(program, { input, key, timeoutMs, callsMax, flow: name, language: flow.language }).then(
      (run) => {
        this.#ports.findings.check(() => assert(!isHeld, `${name} is admitted while the disk is full`))
        this.#started(asked, client, run)
      },
      (error: unknown) => {
        this.refuse(asked, error)
        if (codeOf(error) === 'STORE_FULL') this.#refusedFull(client, name)
      },
    )
  }

  #refusedFull(client: Client, name: string): void {
    this.#ports.seen.add('start refused')
    this.#refused.add(name)
    this.#asking.delete(client)
    this.#soon(() => this.#start(client))
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

  #pause(client: Client, triesLeft = 5): void {
    if (client.run !== null) this.#ports.operators().pause(client.run)
    else if (triesLeft > 0) this.#soon(() => this.#pause(client, triesLeft - 1))
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
