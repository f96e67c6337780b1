// What was decided about calls of which nobody knew whether they were done, and what is stored of that.
// D1  A decision that was answered is stored.
// D2  What is stored goes on as it was decided, and only then: the oracle is told each decision that the disk has taken.
import type { Event } from '../../src/core/events.ts'
import { parkedIn, type ParkedTask } from '../../src/core/rest.ts'
import type { NamedDecision } from '../../src/engine/asks.ts'
import { assert } from '../../src/lib/assert.ts'
import type { Disk } from './disk.ts'
import type { Told } from './oracle.ts'
import type { Seen } from './seen.ts'

export type Decision = NamedDecision['decision']
export type Given = { readonly run: string; readonly task: ParkedTask; readonly decision: Decision }

export class Decisions {
  /** Those that the disk has taken, by task. */
  readonly #taken = new Map<string, Decision[]>()
  readonly #unanswered = new Set<Given>()
  readonly #disk: Disk
  readonly #seen: Seen

  constructor(disk: Disk, seen: Seen) {
    this.#disk = disk
    this.#seen = seen
  }

  give(given: Given): void {
    this.#unanswered.add(given)
  }

  /** @param isOver Whether a stop came first. */
  answered(given: Given, isOver: boolean): void {
    const { run, task } = given
    const isTaken = this.#isTaken(given)
    this.#unanswered.delete(given)
    assert(isTaken || isOver, `a decision about ${task.id} of run ${run} is answered, and is not stored`)
    if (isTaken) this.#take(given)
  }

  /** Nobody will be told of the others: whether they are stored is seen on the disk. */
  crashed(): void {
    for (const given of this.#unanswered) if (this.#isTaken(given)) this.#take(given)
    this.#unanswered.clear()
  }

  /** What the oracle cannot know of a task. */
  told(run: string, step: number, lane: number): Told {
    const decision = this.#taken.get(`${run}.0.${step}.${lane}`)?.at(-1)
    if (decision === undefined || decision.kind === 'retry') return null
    return decision.kind === 'fail' ? { kind: 'lost' } : decision
  }

  /** No parked call went on by itself. */
  checkUnparked(run: string, events: readonly Event[]): void {
    const unparked = events.flatMap((event) => (event.kind === 'task-unparked' ? keyOf(run, event) : []))
    for (const [key, again] of Map.groupBy(unparked, (one) => one)) {
      const asked = this.#taken.get(key)?.filter(({ kind }) => kind === 'retry') ?? []
      assert(again.length === asked.length, `${key} went on ${again.length} times, and ${asked.length} were decided`)
    }
  }

  #isTaken({ run, task }: Given): boolean {
    const stored = this.#disk.runs.get(run)
    if (stored === undefined) return false
    return !parkedIn(stored.state).some((parked) => keyOf(run, parked) === keyOf(run, task))
  }

  #take(given: Given): void {
    const key = keyOf(given.run, given.task)
    this.#unanswered.delete(given)
    this.#taken.set(key, [...(this.#taken.get(key) ?? []), given.decision])
    this.#seen.add(`decided ${given.decision.kind}`)
  }
}

function keyOf(run: string, { frame, step, lane }: Pick<ParkedTask, 'frame' | 'step' | 'lane'>): string {
  return `${run}.${frame}.${step}.${lane}`
}
