// What was found to be wrong. A check may run inside the engine, a component or a promise, where an error would be caught.

export class Findings {
  #first: Error | null = null

  /** Runs `check`, and keeps what it throws. */
  check(check: () => void): void {
    try {
      check()
    } catch (error) {
      this.report(error)
    }
  }

  report(error: unknown): void {
    this.#first ??= error instanceof Error ? error : new Error(String(error))
  }

  /** Throws the first of them. */
  raise(): void {
    if (this.#first !== null) throw this.#first
  }
}
