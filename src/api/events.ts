// The events of a run as everybody outside sees them: step ids for numbers, secrets masked.
import type { Event } from '../core/events.ts'
import type { Json } from '../lib/json.ts'
import { toShown, type Value } from '../plan/leaf.ts'
import type { Plan } from '../plan/plan.ts'

/** Something that a run decided. Further fields follow from `kind`. */
export type RunEvent = {
  /** Counts from 0 without holes. */
  readonly seq: number
  readonly atMs: number
  readonly kind: Event['kind']
  /** Where; `null` for the run itself. `frame` is 0 for the run's own flow. */
  readonly at: { readonly step: string; readonly item: number | null; readonly frame: number } | null
  readonly [field: string]: Json
}

/** Names steps inside frames, too: it has to see all events of a run in order. */
export class EventView {
  readonly #plans = new Map<number, Plan>()
  readonly #asked = new Map<string, string>()
  readonly #planOf: (id: string) => Plan | null
  #seq = 0

  constructor(root: Plan, planOf: (id: string) => Plan | null) {
    this.#plans.set(0, root)
    this.#planOf = planOf
  }

  show(event: Event): RunEvent {
    const seq = this.#seq++
    const { kind, atMs } = event
    if (event.kind === 'frames-asked') this.#asked.set(`${event.frame}.${event.step}.${event.lane}`, event.plan)
    if (event.kind === 'frame-opened') {
      const plan = this.#planOf(this.#asked.get(`${event.frame}.${event.step}.${event.lane}`) ?? '')
      if (plan !== null) this.#plans.set(event.child, plan)
    }
    return { ...this.#details(event), seq, atMs, kind, at: this.#placeOf(event) }
  }

  #placeOf(event: Event): RunEvent['at'] {
    if (!('step' in event)) return null
    const step = this.#idOf(event.frame, event.step)
    return { step, item: 'lane' in event && event.lane >= 0 ? event.lane : null, frame: event.frame }
  }

  #details(event: Event): { [field: string]: Json } {
    const details: { [field: string]: Json } = {}
    for (const [field, value] of Object.entries(event) as [string, Value][]) {
      if (field === 'frame' || field === 'step' || field === 'lane') continue
      details[field] = field === 'cause' && value !== null ? this.#cause(value, event) : toShown(value)
    }
    return details
  }

  /** A cause names the step where it began by its id. */
  #cause(cause: Value, event: Event): Json {
    const shown = toShown(cause)
    if (typeof shown !== 'object' || shown === null || !('origin' in shown)) return shown
    const { origin, ...rest } = shown
    return typeof origin === 'number' && 'frame' in event
      ? { ...rest, step: this.#idOf(event.frame, origin) }
      : { ...rest }
  }

  #idOf(frame: number, step: number): string {
    return this.#plans.get(frame)?.steps[step]?.id ?? String(step)
  }
}
