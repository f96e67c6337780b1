// Where the command line writes to. Standard output carries answers alone; people read standard error.
import { styleText } from 'node:util'
import { readAtMost } from '../../lib/read-at-most.ts'
import type { Paint, Part } from '../../source/show-problem.ts'
import { harmless } from './harmless.ts'
import { openOutput } from './output.ts'

export type Terminal = {
  /** All of standard input; `null` as soon as that is more than `bytesMax`. */
  readonly readStdin: (bytesMax: number) => Promise<string | null>
  /** Whether standard input is waited for. */
  readonly isReading: () => boolean
  /** One answer, with its line feed; resolved when it is written. */
  readonly answer: (text: string) => Promise<void>
  readonly say: (text: string) => void
  /** Resolved when all that was said and answered is written, by components too. */
  readonly flush: () => Promise<void>
  /** An error without a place, its code, and what would do. */
  readonly complain: (message: string, hint: string | null, code?: string) => void
  /** Nobody wants to hear anything. */
  readonly isSilent: boolean
  /** Whether standard error is a terminal that can be drawn on. */
  readonly isLive: boolean
  readonly columns: number
  readonly rows: number
  readonly colours: Colours
}

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold'
export type Colours = (colour: Colour, text: string) => string

export function openTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const [stdout, stderr] = [openOutput('stdout'), openOutput('stderr')]
  const { tty } = stderr
  const isColoured = hasColours(env, tty !== null)
  const colours: Colours = (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text)
  // That nobody reads any more is no reason to stop where it is standard error; where it is standard output, `answer` fails.
  const say = (text: string): void => void stderr.write(text).catch(() => undefined)
  const isLive = tty !== null && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === ''
  let isReading = false
  return {
    async readStdin(bytesMax) {
      isReading = true
      const given = await readAtMost(process.stdin, bytesMax)
      isReading = false
      return given === null ? null : new TextDecoder().decode(given)
    },
    isReading: () => isReading,
    answer: stdout.write,
    say,
    async flush() {
      await Promise.all([stdout.flush(), stderr.flush()])
    },
    complain(message, hint, code) {
      const coded = code === undefined ? message : `${message} (${code})`
      say(
        `${colours('red', 'error:')} ${harmless(coded)}\n${hint === null ? '' : `  ${colours('cyan', harmless(hint))}\n`}`,
      )
    },
    isSilent: false,
    isLive,
    columns: tty !== null && tty.columns > 0 ? tty.columns : 80, // none is known of a pipe, and 0 of some terminals
    rows: tty !== null && tty.rows > 0 ? tty.rows : 24,
    colours,
  }
}

/** By https://no-color.org, and the habit of forcing colours where there is no terminal. */
function hasColours(env: Readonly<Record<string, string | undefined>>, isTty: boolean): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR'] ?? ''
  return forced === '' ? isTty && env['TERM'] !== 'dumb' : forced !== '0'
}

const PART_COLOURS: Readonly<Record<Part, Colour>> = {
  error: 'red',
  warning: 'yellow',
  message: 'bold',
  place: 'dim',
  gutter: 'dim',
  hint: 'cyan',
}

/** How the parts of a problem are coloured. */
export function paintWith(colours: Colours): Paint {
  return (part, text) => colours(PART_COLOURS[part], text)
}
