// A map from small numbers that is nearly always empty: until something is set it costs one field.

export class Sparse<T> {
  #entries: Map<number, T> | null = null

  get size(): number {
    return this.#entries === null ? 0 : this.#entries.size
  }

  get(key: number): T | undefined {
    return this.#entries === null ? undefined : this.#entries.get(key)
  }

  has(key: number): boolean {
    return this.#entries !== null && this.#entries.has(key)
  }

  set(key: number, value: T): void {
    this.#entries ??= new Map()
    this.#entries.set(key, value)
  }

  delete(key: number): void {
    if (this.#entries !== null) this.#entries.delete(key)
  }

  clear(): void {
    this.#entries = null
  }

  /** Its entries, in the order in which their keys were first set. */
  entries(): Iterable<[number, T]> {
    return this.#entries === null ? [] : this.#entries
  }
}
