// Many wake times, one timer: a heap, of which only the first is given to the clock.
import { Heap } from '../lib/heap.ts'
import type { Clock } from './clock.ts'

export type Alarms = {
  /** Calls `ring` once at `atMs`, unless the returned function was called before. */
  set(atMs: number, ring: () => void): () => void
  /** Forgets all of them. */
  close(): void
}

type Alarm = { readonly atMs: number; readonly ring: () => void; isOff: boolean }

export function createAlarms(clock: Clock): Alarms {
  let heap = newHeap()
  let armedMs = Number.POSITIVE_INFINITY
  let disarm: (() => void) | null = null

  function arm(): void {
    while (heap.peek()?.isOff === true) heap.pop()
    const first = heap.peek()
    if (first?.atMs === armedMs) return
    disarm?.()
    disarm = first === undefined ? null : clock.wakeAt(first.atMs, ringDue)
    armedMs = first?.atMs ?? Number.POSITIVE_INFINITY
  }

  function ringDue(): void {
    armedMs = Number.POSITIVE_INFINITY
    disarm = null
    const nowMs = clock.nowMs()
    for (let first = heap.peek(); first !== undefined && (first.isOff || first.atMs <= nowMs); first = heap.peek()) {
      heap.pop()
      if (!first.isOff) first.ring()
    }
    arm()
  }

  return {
    set(atMs, ring) {
      const alarm: Alarm = { atMs, ring, isOff: false }
      heap.push(alarm)
      if (atMs < armedMs) arm()
      return () => {
        alarm.isOff = true
        if (alarm.atMs === armedMs) arm()
      }
    },
    close() {
      disarm?.()
      heap = newHeap()
      armedMs = Number.POSITIVE_INFINITY
    },
  }
}

function newHeap(): Heap<Alarm> {
  return new Heap((a, b) => a.atMs < b.atMs)
}
