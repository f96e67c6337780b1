// A set of objects, each of which knows its place: nothing is hashed, and room is kept. In no order.

/** Something that can be in one bag at a time; its place is the bag's to write. */
export type Placed = { place: number }

export class Bag<T extends Placed> {
  readonly #items: (T | undefined)[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  has(item: T): boolean {
    return this.#items[item.place] === item
  }

  add(item: T): void {
    item.place = this.#size
    this.#items[this.#size++] = item
  }

  /** Whether it was there. */
  delete(item: T): boolean {
    if (!this.has(item)) return false
    const last = this.#items[--this.#size]
    this.#items[this.#size] = undefined
    if (last !== undefined && last !== item) {
      last.place = item.place
      this.#items[item.place] = last
    }
    return true
  }

  /** A copy of its content. */
  toArray(): T[] {
    return this.#items.slice(0, this.#size).filter((item) => item !== undefined)
  }
}
