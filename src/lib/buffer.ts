// A list that is filled and emptied again and again, and keeps its room: `length = 0` would give the room back.

/** Above this, room is given back when the list is emptied: one burst must not be held for good. */
const ROOM_KEPT_MAX = 4_096

/** Its first `count` items are its content. */
export class Buffer<T> {
  items: T[] = []
  count = 0

  push(item: T): void {
    this.items[this.count++] = item
  }

  clear(): void {
    this.count = 0
    if (this.items.length > ROOM_KEPT_MAX) this.items = []
  }

  /** Takes the first `taken` items out. */
  drop(taken: number): void {
    if (taken >= this.count) return this.clear()
    this.items.copyWithin(0, taken, this.count)
    this.count -= taken
  }

  /** A copy of its content. */
  toArray(): T[] {
    return this.items.slice(0, this.count)
  }
}
