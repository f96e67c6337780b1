// Many wake times, one timer: a heap, of which only the first is given to the clock.
// An alarm that was taken back holds nothing any more, and those that pile up before the first one are thrown out.
import { assert } from '../lib/assert.ts'
import { Heap } from '../lib/heap.ts'
import type { Clock } from './clock.ts'

export type Alarms = {
  /** Calls `ring` once at `atMs`, unless the returned function was called before. */
  set(atMs: number, ring: () => void): () => void
  /** Forgets all of them. */
  close(): void
}

type Alarm = { readonly atMs: number; ring: (() => void) | null }

/** Fewer than these are not worth sorting out. */
const OFF_MIN = 64

export function createAlarms(clock: Clock): Alarms {
  let heap = newHeap()
  let offCount = 0
  let armedMs = Number.POSITIVE_INFINITY
  let disarm: (() => void) | null = null

  function arm(): void {
    while (heap.peek()?.ring === null) drop()
    const first = heap.peek()
    if (first?.atMs === armedMs) return
    disarm?.()
    disarm = first === undefined ? null : clock.wakeAt(first.atMs, ringDue)
    armedMs = first?.atMs ?? Number.POSITIVE_INFINITY
  }

  function drop(): void {
    if (heap.pop()?.ring === null) offCount -= 1
  }

  function ringDue(): void {
    armedMs = Number.POSITIVE_INFINITY
    disarm = null
    const nowMs = clock.nowMs()
    for (let first = heap.peek(); first !== undefined && (first.ring === null || first.atMs <= nowMs); ) {
      drop()
      const { ring } = first
      first.ring = null
      ring?.()
      first = heap.peek()
    }
    arm()
  }

  function takeBack(alarm: Alarm): void {
    if (alarm.ring === null) return
    alarm.ring = null
    offCount += 1
    if (offCount > OFF_MIN && offCount * 2 > heap.size) sortOut()
    if (alarm.atMs === armedMs) arm()
  }

  function sortOut(): void {
    const kept = heap.toArray().filter(({ ring }) => ring !== null)
    heap = newHeap()
    for (const alarm of kept) heap.push(alarm)
    offCount = 0
  }

  return {
    set(atMs, ring) {
      assert(Number.isFinite(atMs), 'an alarm has a time')
      const alarm: Alarm = { atMs, ring }
      heap.push(alarm)
      if (atMs < armedMs) arm()
      return () => takeBack(alarm)
    },
    close() {
      disarm?.()
      heap = newHeap()
      offCount = 0
      armedMs = Number.POSITIVE_INFINITY
    },
  }
}

function newHeap(): Heap<Alarm> {
  return new Heap((a, b) => a.atMs < b.atMs)
}
