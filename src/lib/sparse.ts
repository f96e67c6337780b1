// A map that is nearly always empty: until something is set it costs one field.

export class Sparse<T, Key = number> {
  #entries: Map<Key, T> | null = null

  get size(): number {
    return this.#entries === null ? 0 : this.#entries.size
  }

  get(key: Key): T | undefined {
    return this.#entries === null ? undefined : this.#entries.get(key)
  }

  has(key: Key): boolean {
    return this.#entries !== null && this.#entries.has(key)
  }

  set(key: Key, value: T): void {
    this.#entries ??= new Map()
    this.#entries.set(key, value)
  }

  delete(key: Key): void {
    if (this.#entries !== null) this.#entries.delete(key)
  }

  clear(): void {
    this.#entries = null
  }

  /** Its entries, in the order in which their keys were first set. */
  entries(): Iterable<[Key, T]> {
    return this.#entries === null ? [] : this.#entries
  }
}
