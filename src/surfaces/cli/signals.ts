// Ctrl-C: the first one asks nicely, a later one ends at once. One key press may arrive twice, by the terminal and the launcher.

const SAME_MS = 500
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const
type StopSignal = keyof typeof EXIT_STATUS

/** What a signal stops. Listens until the process ends. */
export class StopSignals {
  readonly #mayEnd: () => boolean
  #signal: StopSignal | null = null
  #firstAtMs = 0
  #stop: ((signal: StopSignal) => void) | null = null

  /** @param mayEnd Whether nothing has begun that would have to be stopped. */
  constructor(mayEnd: () => boolean) {
    this.#mayEnd = mayEnd
    process.on('SIGINT', this.#listen).on('SIGTERM', this.#listen)
  }

  /** How the process ends after the signal that came; `null`: none did. */
  get exitStatus(): number | null {
    return this.#signal === null ? null : EXIT_STATUS[this.#signal]
  }

  /** Calls `stop` at the first signal; at once if that has come. */
  onStop(stop: (signal: StopSignal) => void): void {
    this.#stop = stop
    if (this.#signal !== null) stop(this.#signal)
  }

  readonly #listen = (signal: StopSignal): void => {
    const nowMs = performance.now()
    if (this.#mayEnd() || (this.#signal !== null && nowMs - this.#firstAtMs > SAME_MS))
      process.exit(EXIT_STATUS[signal])
    if (this.#signal !== null) return
    this.#signal = signal
    this.#firstAtMs = nowMs
    this.#stop?.(signal)
  }
}
