// Progress of a run on standard error: a list that is redrawn on a terminal, a line for each step that ended elsewhere.
import type { RunEvent } from '../../api/events.ts'
import { durationText } from '../../lib/duration-text.ts'
import { type Board, createBoard, type StepState } from './board.ts'
import { stepLine } from './step-line.ts'
import type { Terminal } from './terminal.ts'

export type Progress = {
  note(event: RunEvent): void
  /** Lines of a step, above those that are redrawn. */
  tell(text: string): void
  /** Shows how all ended. */
  end(): void
}

/** Lines about steps, where they are not redrawn; a run of many thousands is summed up. */
const LINES_MAX = 1_000
const REDRAW_MS = 80

export function openProgress(steps: readonly { readonly id: string }[], terminal: Terminal): Progress {
  const board = createBoard(steps.map(({ id }) => id))
  return terminal.isLive ? liveProgress(board, terminal) : plainProgress(board, terminal)
}

function plainProgress(board: Board, { say, colours }: Terminal): Progress {
  let lines = 0
  let summary = ''
  return {
    note(event) {
      const step = board.note(event)
      summary = summaryOf(event, board) ?? summary
      if (step === null) return
      lines += 1
      if (lines <= LINES_MAX) say(`${stepLine(step, event.atMs, colours, Infinity)}\n`)
      else if (lines === LINES_MAX + 1) say('… and so on\n')
    },
    tell: say,
    end() {
      const unneeded = [...board.steps.values()].filter(
        ({ state, endedAtMs }) => state === 'skipped' && endedAtMs === null,
      )
      for (const step of unneeded.slice(0, LINES_MAX)) say(`${stepLine(step, 0, colours, Infinity)}\n`)
      say(summary)
    },
  }
}

function liveProgress(board: Board, { say, colours, columns, rows }: Terminal): Progress {
  let drawn = 0
  let summary = ''
  let timer: NodeJS.Timeout | null = null
  const erasing = (): string => (drawn === 0 ? '' : `\u001B[${drawn}A\u001B[J`)
  const draw = (isLast: boolean): void => {
    const lines = visible([...board.steps.values()], isLast ? Infinity : rows - 2).map((step) =>
      stepLine(step, Date.now(), colours, columns - 1),
    )
    say(`${erasing()}${lines.map((line) => `${line}\n`).join('')}`)
    drawn = lines.length
  }
  timer = setInterval(() => draw(false), REDRAW_MS)
  return {
    note(event) {
      board.note(event)
      summary = summaryOf(event, board) ?? summary
    },
    tell(text) {
      say(`${erasing()}${text}`)
      drawn = 0
      draw(false)
    },
    end() {
      if (timer !== null) clearInterval(timer)
      draw(true)
      say(summary)
    },
  }
}

/** The steps that fit: what is under way goes before what has ended, and that before what has not begun. */
function visible(steps: readonly StepState[], max: number): readonly StepState[] {
  if (steps.length <= max) return steps
  const kept = new Set(steps.toSorted((a, b) => rank(a) - rank(b)).slice(0, max))
  return steps.filter((step) => kept.has(step))
}

function rank({ state }: StepState): number {
  if (state === 'running' || state === 'retrying') return 0
  return state === 'pending' ? 2 : 1
}

/** The line that closes a run; `null` for any event but its last. */
function summaryOf(event: RunEvent, board: Board): string | null {
  if (event.kind !== 'run-finished') return null
  const counts = new Map<string, number>()
  for (const { state } of board.steps.values()) counts.set(state, (counts.get(state) ?? 0) + 1)
  const shown = [...counts].map(([state, count]) => `${count} ${state}`).join(', ')
  return `${shown === '' ? 'no steps' : shown} in ${durationText(event.atMs - board.startedAtMs)}\n`
}
