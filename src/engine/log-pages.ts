// The log of a run in parts: it may be far larger than what it leads to.
import type { Event } from '../core/events.ts'
import type { Store } from '../stores/store.ts'

/** Events that are in memory at once, and some: a record is read whole. So few are gone before V8 takes them for lasting. */
export const PAGE_EVENTS = 1_000

/** What is stored now, in its order. */
export async function* logPages(store: Store, run: string): AsyncGenerator<readonly Event[]> {
  for (let seq = 0; ; ) {
    const events = await store.events(run, seq, PAGE_EVENTS)
    if (events.length > 0) yield events
    if (events.length < PAGE_EVENTS) return
    seq += events.length
  }
}
