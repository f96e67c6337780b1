// What a seed had in it: a simulation finds only what its workload can trigger.
import type { Event } from '../../src/core/events.ts'
import { Spilled } from '../../src/plan/leaf.ts'
import { SKIPPED } from '../../src/plan/status.ts'

const SIGHTS = [
  'loop',
  'frame',
  'retry',
  'log',
  'skip',
  'timer',
  'time limit',
  'limit of flows',
  'out of memory at rest',
  'substitute',
  'large value',
  'crash',
  'lost answer',
  'store failure',
  'full disk',
  'start refused',
  'cancel',
  'pause',
  'key used twice',
  'call lost for good',
  'decided retry',
  'decided fail',
  'decided done',
  'plan',
  'stepflow',
  'jinba',
  'result compared',
  'something undetermined',
] as const

export type Sight = (typeof SIGHTS)[number]
export type Seen = Set<Sight>

export function seeEvents(seen: Seen, events: readonly Event[]): void {
  for (const event of events) for (const sight of sightsIn(event)) seen.add(sight)
}

/** What the kind of an event alone tells. */
const SIGHT_OF: Partial<Record<Event['kind'], Sight>> = {
  'lanes-started': 'loop',
  'attempt-started': 'retry',
  'step-waits': 'timer',
  'task-logged': 'log',
  'step-substituted': 'substitute',
  'step-skipped': 'skip',
  'frame-ended': 'frame',
}

function sightsIn(event: Event): readonly Sight[] {
  const sight = SIGHT_OF[event.kind]
  return [
    ...(sight === undefined ? [] : [sight]),
    ...(isTimeLimit(event) ? (['time limit'] as const) : []),
    ...(event.kind === 'frames-asked' && typeof event.limitMs === 'number' ? (['limit of flows'] as const) : []),
    ...(event.kind === 'run-stopped' && event.how === 'cancelled' ? (['cancel'] as const) : []),
    ...(event.kind === 'lane-ended' && event.status === SKIPPED ? (['skip'] as const) : []),
    ...('output' in event && event.output instanceof Spilled ? (['large value'] as const) : []),
  ]
}

function isTimeLimit(event: Event): boolean {
  if (event.kind === 'attempt-failed' || event.kind === 'run-stopped') return event.how === 'timed-out'
  return event.kind === 'step-failed' && event.cause.kind === 'timed-out'
}

export type Counts = ReadonlyMap<Sight, number>

/** How many seeds had each. */
export function countSights(seeds: Iterable<Seen>): Counts {
  const counts = new Map<Sight, number>(SIGHTS.map((sight) => [sight, 0]))
  for (const seen of seeds) for (const sight of seen) counts.set(sight, (counts.get(sight) ?? 0) + 1)
  return counts
}

export function describeCounts(counts: Counts): string {
  return [...counts].map(([sight, count]) => `${count} with ${sight}`).join(', ')
}
