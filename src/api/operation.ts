// What a user can do, as data. The command line and its help are made from this, and every other surface will be.
import type { Parts } from './parts.ts'

/** Something that may be said beside what an operation works on. `value` is what the help calls its value. */
export type Flag =
  | { readonly kind: 'switch'; readonly doc: string }
  /** `texts` may be said again and again. */
  | { readonly kind: 'text' | 'texts' | 'count' | 'duration'; readonly value: string; readonly doc: string }

export type Flags = { readonly [name: string]: Flag }

/** What was said: `null`, or an empty list, where nothing was. Durations are in milliseconds. */
export type Given<F extends Flags> = { readonly [Name in keyof F]: ValueOf<F[Name]> }
type ValueOf<F extends Flag> = F extends { kind: 'switch' }
  ? boolean
  : F extends { kind: 'text' }
    ? string | null
    : F extends { kind: 'texts' }
      ? readonly string[]
      : F extends { kind: 'count' | 'duration' }
        ? number | null
        : string | boolean | number | readonly string[] | null

/** What an operation has of the process around it. */
export type Host = {
  readonly parts: Parts
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** All of standard input; `null` as soon as that is more than `bytesMax`. */
  readonly readStdin: (bytesMax: number) => Promise<string | null>
}

export type Operation<F extends Flags, Answer> = {
  readonly name: string
  /** One line. */
  readonly summary: string
  /** What it works on: nothing, exactly one, one and more, or any number. */
  readonly operand: { readonly name: string; readonly count: 'one' | 'many' | 'any' } | null
  readonly flags: F
  /** A command line that works in the folder of this package. */
  readonly example: string
  readonly handler: (operands: readonly string[], flags: Given<F>, host: Host) => Promise<Answer>
}
