// What a list of runs shows of a live run follows its state: its end, and what it rests on.
import { isOutcome } from '../core/elide.ts'
import { statusOfEnd } from '../core/outcome.ts'
import { nameOf, type Rest, restOf } from '../core/rest.ts'
import type { Turn } from '../core/turn.ts'
import type { RowWait } from '../stores/store.ts'
import type { LiveRun } from './live-run.ts'

/** Brings the row up to what this turn has decided. */
export function keepRow(run: LiveRun, { events, effects }: Turn): void {
  const { outcome } = run.state
  if (outcome !== null)
    return run.setRow({ status: statusOfEnd(outcome), endedAtMs: run.lastMs, waitsFor: null, resumes: 0 })
  if (run.row.resumes > 0 && events.toArray().some(isOutcome)) run.setRow({ resumes: 0 })
  const isBusy = run.callCount > 0 || run.callsReserved > 0 || asksForWork(effects)
  if (run.isPaused || (isBusy && run.row.waitsFor === null)) return
  const waitsFor = isBusy ? null : toRowWait(restOf(run.state))
  if (waitsFor === run.row.waitsFor || JSON.stringify(waitsFor) === JSON.stringify(run.row.waitsFor)) return
  // A run that rests has been taken up whole: whatever ended the processes before was not it.
  run.setRow(waitsFor === null ? { waitsFor } : { waitsFor, resumes: 0 })
}

function asksForWork(effects: Turn['effects']): boolean {
  for (let index = 0; index < effects.count; index += 1) {
    const kind = effects.items[index]?.kind
    if (kind !== 'wake-at' && kind !== 'limit-attempt') return true
  }
  return false
}

function toRowWait(rest: Rest | null): RowWait | null {
  if (rest === null) return null
  const { wakeAtMs, parked } = rest
  if (parked.length === 0) return wakeAtMs === null ? null : { kind: 'timer', untilMs: wakeAtMs }
  return { kind: 'decision', steps: parked.map(nameOf), ...(wakeAtMs === null ? {} : { untilMs: wakeAtMs }) }
}
