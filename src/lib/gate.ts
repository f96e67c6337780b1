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

  /** Does the work at once where there is a place, or in its turn. Nothing of it is made before. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#max) this.#inside += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  /** Whoever waits longest takes the place. */
  #leave(): void {
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
