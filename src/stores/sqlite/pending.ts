// Plans and blobs on their way into the file: they are written with the events that name them, and kept by the runs that use them.
import type { Event } from '../../core/events.ts'
import { crc32 } from '../../lib/crc32.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Statements } from './statements.ts'

/** Plans that are at hand although they are stored. */
const PLANS_MAX = 1_000

export class Pending {
  readonly #sql: Statements
  readonly #plans = new Map<string, Plan>()
  readonly #stored = new Set<string>()
  /** Texts by hash; several runs may wait for one. */
  readonly #blobs = new Map<string, string>()
  /** Hashes that a run put or read since its last append. */
  readonly #uses = new Map<string, Set<string>>()

  constructor(sql: Statements) {
    this.#sql = sql
  }

  putPlan(id: string, plan: Plan): void {
    if (this.#plans.has(id)) return
    for (const known of this.#stored) {
      if (this.#plans.size < PLANS_MAX) break
      this.#plans.delete(known)
      this.#stored.delete(known)
    }
    this.#plans.set(id, plan)
  }

  plan(id: string): Plan | null {
    return this.#plans.get(id) ?? null
  }

  putBlob(hash: string, text: string, run: string): void {
    this.#blobs.set(hash, text)
    this.use(hash, run)
  }

  blob(hash: string): string | null {
    return this.#blobs.get(hash) ?? null
  }

  use(hash: string, run: string): void {
    const known = this.#uses.get(run)
    if (known === undefined) this.#uses.set(run, new Set([hash]))
    else known.add(hash)
  }

  /** Whether `write` may find something to write. */
  mayWrite(run: string, events: readonly Event[]): boolean {
    return this.#uses.has(run) || events.some((event) => planIn(event) !== null)
  }

  /** Writes the plans that these events name, and the blobs that their run has used. */
  write(run: string, number: number, events: readonly Event[]): void {
    for (const event of events) {
      const plan = planIn(event)
      if (plan === null) continue
      this.#writePlan(plan)
      if (event.kind !== 'run-started') this.#sql.putUse.run(number, plan) // the run's own is in its row
    }
    if (this.#uses.size === 0) return
    for (const hash of this.#uses.get(run) ?? []) {
      const text = this.#blobs.get(hash)
      if (text !== undefined) this.#sql.putBlob.run(hash, text)
      this.#sql.putUse.run(number, hash)
    }
  }

  #writePlan(id: string): void {
    const plan = this.#plans.get(id)
    if (plan === undefined || this.#stored.has(id)) return
    const text = JSON.stringify(plan)
    this.#sql.putPlan.run(id, text, crc32(text))
    this.#stored.add(id)
  }

  /** What was written for these runs is in the file. */
  settle(runs: Iterable<string>): void {
    if (this.#uses.size === 0) return
    for (const run of runs) this.#uses.delete(run)
    if (this.#uses.size === 0) this.#blobs.clear()
  }

  /** What the file holds is not known any more. */
  doubt(): void {
    this.#stored.clear()
  }
}

/** The plan that an event names. */
function planIn(event: Event): string | null {
  return event.kind === 'run-started' || event.kind === 'frames-asked' ? event.plan : null
}
