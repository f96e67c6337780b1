// What steps log, which is kept with their run for people, and decides nothing.
import type { Fact } from './facts.ts'
import type { Turn } from './turn.ts'

/** Of a whole run: whoever shows it has all of that in memory. */
export const RUN_LOG_CHARACTERS_MAX = 16_777_216
const REST_LEFT_OUT = `[what this run logs from here on is left out: runLogCharactersMax is ${RUN_LOG_CHARACTERS_MAX}]`

export function keepLog(
  turn: Turn,
  { frame, step, lane, attempt, text }: Extract<Fact, { kind: 'task-logged' }>,
): void {
  const left = RUN_LOG_CHARACTERS_MAX - turn.state.logCharacters
  if (left < 0) return // as it says already
  const kept = text.length <= left ? text : `${text.slice(0, left)}\n${REST_LEFT_OUT}`
  turn.emit({ kind: 'task-logged', atMs: turn.nowMs, frame, step, lane, attempt, text: kept })
}
