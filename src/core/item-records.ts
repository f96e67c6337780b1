// The items of a loop as records, in columns: of a million items that went as they should, each takes some bytes.
import type { Cause, ErrorInfo } from '../plan/cause.ts'
import type { Value } from '../plan/leaf.ts'
import { filled } from '../lib/filled.ts'
import { Sparse } from '../lib/sparse.ts'

/** A step, or an item of a loop, as it stood after the last event. */
export type TaskRecord = {
  status: number
  cause: Cause | null
  /** Attempts that began. */
  attempts: number
  /** It sleeps, or waits for flows that it asked for: nobody works on it. */
  isWaiting: boolean
  output: Value | undefined
  /** What a substitute or a skip covered up, or what made it fail. */
  error: ErrorInfo | null
  startedAtMs: number | null
  endedAtMs: number | null
}

export class ItemRecords {
  readonly length: number
  readonly status: Uint8Array
  readonly attempts: Uint32Array
  readonly isWaiting: Uint8Array
  /** Epoch milliseconds; NaN: not yet. */
  readonly startedAtMs: Float64Array
  readonly endedAtMs: Float64Array
  readonly outputs: (Value | undefined)[]
  readonly causes = new Sparse<Cause>()
  readonly errors = new Sparse<ErrorInfo>()

  constructor(length: number) {
    this.length = length
    this.status = new Uint8Array(length)
    this.attempts = new Uint32Array(length)
    this.isWaiting = new Uint8Array(length)
    this.startedAtMs = new Float64Array(length).fill(Number.NaN)
    this.endedAtMs = new Float64Array(length).fill(Number.NaN)
    this.outputs = filled<Value | undefined>(length, undefined)
  }

  /** Writing to it is writing here. */
  at(index: number): TaskRecord | undefined {
    return index >= 0 && index < this.length ? new ItemRecord(this, index) : undefined
  }

  slice(from: number, to: number): TaskRecord[] {
    const end = Math.min(to, this.length)
    return Array.from({ length: Math.max(0, end - from) }, (_, offset) => new ItemRecord(this, from + offset))
  }

  *[Symbol.iterator](): Generator<TaskRecord> {
    for (let index = 0; index < this.length; index += 1) yield new ItemRecord(this, index)
  }
}

class ItemRecord implements TaskRecord {
  readonly #items: ItemRecords
  readonly #index: number

  constructor(items: ItemRecords, index: number) {
    this.#items = items
    this.#index = index
  }

  get status(): number {
    return this.#items.status[this.#index] ?? 0
  }
  set status(status: number) {
    this.#items.status[this.#index] = status
  }
  get attempts(): number {
    return this.#items.attempts[this.#index] ?? 0
  }
  set attempts(attempts: number) {
    this.#items.attempts[this.#index] = attempts
  }
  get isWaiting(): boolean {
    return this.#items.isWaiting[this.#index] === 1
  }
  set isWaiting(isWaiting: boolean) {
    this.#items.isWaiting[this.#index] = isWaiting ? 1 : 0
  }
  get output(): Value | undefined {
    return this.#items.outputs[this.#index]
  }
  set output(output: Value | undefined) {
    this.#items.outputs[this.#index] = output
  }
  get startedAtMs(): number | null {
    return timeAt(this.#items.startedAtMs, this.#index)
  }
  set startedAtMs(atMs: number | null) {
    this.#items.startedAtMs[this.#index] = atMs ?? Number.NaN
  }
  get endedAtMs(): number | null {
    return timeAt(this.#items.endedAtMs, this.#index)
  }
  set endedAtMs(atMs: number | null) {
    this.#items.endedAtMs[this.#index] = atMs ?? Number.NaN
  }
  get cause(): Cause | null {
    return this.#items.causes.get(this.#index) ?? null
  }
  set cause(cause: Cause | null) {
    if (cause === null) this.#items.causes.delete(this.#index)
    else this.#items.causes.set(this.#index, cause)
  }
  get error(): ErrorInfo | null {
    return this.#items.errors.get(this.#index) ?? null
  }
  set error(error: ErrorInfo | null) {
    if (error === null) this.#items.errors.delete(this.#index)
    else this.#items.errors.set(this.#index, error)
  }
}

function timeAt(times: Float64Array, index: number): number | null {
  const atMs = times[index] ?? Number.NaN
  return Number.isNaN(atMs) ? null : atMs
}
