// One step as one line.
import { durationText } from '../../lib/duration-text.ts'
import type { StepState } from './board.ts'
import { oneLine } from './harmless.ts'
import type { Colour, Colours } from './terminal.ts'

const MARKS: Readonly<Record<StepState['state'], readonly [string, Colour]>> = {
  pending: ['·', 'dim'],
  running: ['▸', 'cyan'],
  retrying: ['↻', 'yellow'],
  success: ['✓', 'green'],
  skipped: ['○', 'dim'],
  failed: ['✗', 'red'],
}

/**
 * @example `✓ load_user 12 ms`
 * @example `○ premium_analysis skipped: check_user_level.is_basic_user is true`
 */
export function stepLine(step: StepState, nowMs: number, colours: Colours, columns: number): string {
  const id = oneLine(step.id)
  const { state, reason, items, attempts } = step
  const [mark, colour] = MARKS[state]
  const words = state === 'success' || state === 'running' ? '' : ` ${state}`
  const count = items === null ? '' : ` ${items.ended}/${items.count}`
  const why = reason === null || state === 'running' ? '' : `${words === '' ? '' : ':'} ${oneLine(reason)}`
  const again = items === null ? attempts - 1 : items.retries
  const tries = again > 0 ? `, tried again ${again} time${again === 1 ? '' : 's'}` : ''
  const tail = timeOf(step, nowMs) === '' ? '' : ` (${timeOf(step, nowMs)}${tries})`
  const room = columns - id.length - 3 - tail.length
  const middle = `${words}${count}${why}`
  const shown = middle.length <= room ? middle : `${middle.slice(0, Math.max(0, room - 1))}…`
  return `${colours(colour, mark)} ${id}${state === 'failed' ? colours('red', shown) : colours('dim', shown)}${colours('dim', tail)}`
}

function timeOf({ startedAtMs, endedAtMs }: StepState, nowMs: number): string {
  return startedAtMs === null ? '' : durationText((endedAtMs ?? nowMs) - startedAtMs)
}
