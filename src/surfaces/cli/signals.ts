// Ctrl-C: the first one asks nicely, a later one ends at once. One key press may arrive twice, by the terminal and the launcher.

const SAME_MS = 500
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const
type StopSignal = keyof typeof EXIT_STATUS

/** Calls `stop` at the first signal; the answer's `exitStatus` is `null` until then. Listens until the process ends. */
export function onStopSignal(stop: (signal: StopSignal) => void): { readonly exitStatus: number | null } {
  let firstAtMs = 0
  const told: { exitStatus: number | null } = { exitStatus: null }
  const listen = (signal: StopSignal): void => {
    const nowMs = performance.now()
    if (told.exitStatus !== null && nowMs - firstAtMs > SAME_MS) process.exit(EXIT_STATUS[signal])
    if (told.exitStatus !== null) return
    told.exitStatus = EXIT_STATUS[signal]
    firstAtMs = nowMs
    stop(signal)
  }
  process.on('SIGINT', listen).on('SIGTERM', listen)
  return told
}
