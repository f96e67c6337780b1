// Lets so many in at once; the others wait their turn.

export class Gate {
  readonly #max: number
  #inside = 0
  #waiting: (() => void)[] = []
  /** Where the queue begins: taking from the front of a long list would move all of it. */
  #first = 0

  constructor(max: number) {
    this.#max = max
  }

  /** A promise where one has to wait. */
  enter(): void | Promise<void> {
    if (this.#inside >= this.#max) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#inside += 1
  }

  /** Whoever waits longest takes the place. */
  leave(): void {
    const next = this.#waiting[this.#first]
    if (next === undefined) {
      this.#inside -= 1
      return
    }
    this.#first += 1
    if (this.#first * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first)
      this.#first = 0
    }
    next()
  }
}
