// A binary heap: the item that comes before all others is first.

export class Heap<T> {
  readonly #items: T[] = []
  readonly #isBefore: (a: T, b: T) => boolean

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  /** The first item, left in place; `undefined` when there is none. */
  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = items[above]
      if (parent === undefined || !this.#isBefore(item, parent)) break
      items[at] = parent
      at = above
    }
    items[at] = item
  }

  /** Takes the first item out. */
  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (first === undefined || last === undefined || items.length === 0) return first
    let at = 0
    for (;;) {
      const below = this.#smallerBelow(at)
      const child = items[below]
      if (child === undefined || !this.#isBefore(child, last)) break
      items[at] = child
      at = below
    }
    items[at] = last
    return first
  }

  /** Its content, in no order. */
  toArray(): T[] {
    return [...this.#items]
  }

  #smallerBelow(at: number): number {
    const left = at * 2 + 1
    const [a, b] = [this.#items[left], this.#items[left + 1]]
    return a !== undefined && b !== undefined && this.#isBefore(b, a) ? left + 1 : left
  }
}
