// What a seed had in it: a simulation finds only what its workload can trigger.
import type { Event } from '../../src/core/events.ts'
import { Spilled } from '../../src/plan/leaf.ts'
import { SKIPPED } from '../../src/plan/status.ts'

export const SIGHTS = [
  'loop',
  'frame',
  'retry',
  'skip',
  'timer',
  'time limit',
  'substitute',
  'large value',
  'crash',
  'lost answer',
  'store failure',
  'cancel',
  'key used twice',
  'call lost for good',
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

function sightsIn(event: Event): readonly Sight[] {
  switch (event.kind) {
    case 'lanes-started':
      return ['loop']
    case 'lane-ended':
      return [...(event.status === SKIPPED ? (['skip'] as const) : []), ...large(event.output)]
    case 'attempt-failed':
      return event.how === 'timed-out' ? ['time limit'] : []
    case 'attempt-started':
      return ['retry']
    case 'step-waits':
      return ['timer', ...large(event.output)]
    case 'step-succeeded':
      return large(event.output)
    case 'step-substituted':
      return ['substitute']
    case 'step-skipped':
      return ['skip']
    case 'step-failed':
      return event.cause.kind === 'timed-out' ? ['time limit'] : []
    case 'frame-ended':
      return ['frame']
    case 'run-stopped':
      return event.how === 'cancelled' ? ['cancel'] : ['time limit']
    default:
      return []
  }
}

function large(value: unknown): readonly Sight[] {
  return value instanceof Spilled ? ['large value'] : []
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
