// Listens to other processes, once there has been time for one to come.
import type { Engine } from '../engine/engine.ts'

/** A process that is over soon needs nobody to ask it anything. */
const LISTEN_AFTER_MS = 100

/** @param engines All that work on the file `place`; later ones may be added. The answer ends it. */
export function listenLater(engines: readonly Engine[], place: string): () => void {
  let close: (() => void) | null = null
  let isClosed = false
  const open = async (): Promise<void> => {
    const { openControl } = await import('./control.ts')
    if (!isClosed) close = openControl(engines, place)
  }
  const timer = setTimeout(() => void open(), LISTEN_AFTER_MS)
  timer.unref()
  return () => {
    isClosed = true
    clearTimeout(timer)
    close?.()
  }
}
