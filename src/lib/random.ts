// Random numbers that nobody can guess. They come from the system itself: loading Node's `crypto` for them takes 10 ms.
import { closeSync, openSync, readSync } from 'node:fs'

const POOL_WORDS = 1_024

let pool = new Uint32Array(0)
let taken = 0

/** A whole number from 0 up to, not including, 2³². */
export function randomUint32(): number {
  if (taken === pool.length) fill()
  return pool[taken++] ?? 0
}

function fill(): void {
  pool = new Uint32Array(POOL_WORDS)
  taken = 0
  if (!readSystem(pool)) crypto.getRandomValues(pool)
}

/** Whether the system has such a file, and gave as much as was asked for. */
function readSystem(words: Uint32Array): boolean {
  let file: number | null = null
  try {
    file = openSync('/dev/urandom', 'r')
    return readSync(file, words) === words.byteLength
  } catch {
    return false
  } finally {
    if (file !== null) closeSync(file)
  }
}
