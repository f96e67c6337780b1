// A binary heap of numbers: the smallest comes first.

export class NumberHeap {
  readonly #items: number[] = []

  get size(): number {
    return this.#items.length
  }

  /** The smallest, left in place; `undefined` when there is none. */
  peek(): number | undefined {
    return this.#items[0]
  }

  push(value: number): void {
    const items = this.#items
    let at = items.length
    items.push(value)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = items[above]
      if (parent === undefined || parent <= value) break
      items[at] = parent
      at = above
    }
    items[at] = value
  }

  pop(): number | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (first === undefined || last === undefined || items.length === 0) return first
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      const left = items[below]
      if (left === undefined) break
      const right = items[below + 1]
      const smaller = right !== undefined && right < left ? right : left
      if (smaller === right) below += 1
      if (smaller >= last) break
      items[at] = smaller
      at = below
    }
    items[at] = last
    return first
  }

  /** Its content, smallest first; for comparisons. */
  toSorted(): number[] {
    return this.#items.toSorted((a, b) => a - b)
  }
}
