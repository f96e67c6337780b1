// One rendering: what it reads, what it has written, where it stands, and how much it has done.
import type { CodeScanner } from './code-scanner.ts'
import { beyond, type TemplateWarning, placeOf } from './problem.ts'
import type { Settings } from './settings.ts'
import { TextBuilder } from './text-builder.ts'

/** Characters that count as one step when they are looked at or made. */
const CHARACTERS_PER_STEP_LOG2 = 7

/** Variables that a template has set. */
export class Scope {
  readonly variables = new Map<string, unknown>()
  readonly outer: Scope | null
  constructor(outer: Scope | null) {
    this.outer = outer
  }
}

export class Runtime {
  readonly settings: Settings
  readonly source: string
  readonly read: (slot: number) => unknown
  readonly names: Readonly<Record<string, unknown>>
  scope: Scope | null = null
  out = new TextBuilder()
  /** Follows the source code that is written; `null` where the text is no code. */
  scanner: CodeScanner | null
  /** The offset of what is evaluated, for messages. */
  at = 0
  macroDepth = 0
  /** What the filters of a block work on. */
  blockText: unknown = ''
  readonly warnings: TemplateWarning[] = []
  /** Lists that this rendering made, and may change. */
  ownLists: WeakSet<object> | null = null
  #steps = 0
  #iterations = 0
  #textTotal = 0

  constructor(
    settings: Settings,
    source: string,
    read: (slot: number) => unknown,
    names: Readonly<Record<string, unknown>>,
    scanner: CodeScanner | null,
  ) {
    this.settings = settings
    this.source = source
    this.read = read
    this.names = names
    this.scanner = scanner
  }

  /** Counts work. */
  tick(count = 1): void {
    this.#steps += count
    const { stepsMax } = this.settings.limits
    if (this.#steps > stepsMax) throw beyond('The template does too much in steps', 'stepsMax', stepsMax)
  }

  /** Counts a turn of a loop. */
  turn(): void {
    this.#iterations += 1
    const { iterationsMax } = this.settings.limits
    if (this.#iterations > iterationsMax) throw beyond('Loops take too many turns', 'iterationsMax', iterationsMax)
  }

  /** Counts text of `length` that is looked at. */
  scan(length: number): void {
    if (length >> CHARACTERS_PER_STEP_LOG2 > 0) this.tick(length >> CHARACTERS_PER_STEP_LOG2)
  }

  /** Insists that a text of `length` may be made, before it is made. */
  sized(length: number): void {
    this.fits(length)
    this.#textTotal += length
    const { textTotalMax } = this.settings.limits
    if (this.#textTotal > textTotalMax) throw beyond('Texts are too long together', 'textTotalMax', textTotalMax)
  }

  /** Insists that a text may have `length`. */
  fits(length: number): void {
    const { textLengthMax } = this.settings.limits
    // NaN, too, is no length.
    if (!(length <= textLengthMax)) throw beyond('A text is too long', 'textLengthMax', textLengthMax)
  }

  /** Whether `value` is a leaf that text is written around. */
  isLeaf(value: unknown): value is object {
    const { leaves } = this.settings
    if (leaves === null || typeof value !== 'object' || value === null || !leaves.isLeaf(value)) return false
    return leaves.staysInText?.(value) ?? true
  }

  /** `value` as text is made of it: a leaf that does not stay one is opened. */
  inText(value: unknown): unknown {
    return this.settings.leaves === null || this.isLeaf(value) ? value : this.open(value)
  }

  /** `value`, looked inside. */
  open(value: unknown): unknown {
    const { leaves } = this.settings
    if (leaves === null) return value
    let opened = value
    while (typeof opened === 'object' && opened !== null && leaves.isLeaf(opened)) opened = leaves.open(opened)
    return opened
  }

  warn(message: string): void {
    if (this.warnings.length < WARNINGS_MAX)
      this.warnings.push({ code: 'TEMPLATE_UNDEFINED', message, ...placeOf(this.source, this.at) })
  }

  own<T>(list: T[]): T[] {
    this.ownLists ??= new WeakSet()
    this.ownLists.add(list)
    return list
  }
}

/** More would say the same. */
const WARNINGS_MAX = 100
