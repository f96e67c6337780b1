// How much one rendering may do, so that a runaway template ends as a problem and not as a runaway process.

/** The bounds of one template and of each rendering of it. */
export type Limits = {
  /** Characters of a template's text. */
  readonly sourceLengthMax: number
  /** Words of all expressions of a template: names, numbers, texts, operators. */
  readonly wordsMax: number
  /** Brackets in brackets, blocks in blocks, and operators in a row count alike. */
  readonly nestingMax: number
  /** Operands of one kind of operator in a row, and links of one chain of attributes. */
  readonly chainMax: number
  /** Statements, calls, items that are looked at or made, and every 128 characters that are. */
  readonly stepsMax: number
  /** Turns of all loops together. */
  readonly iterationsMax: number
  /** Items of one `range`. */
  readonly rangeItemsMax: number
  /** Calls of macros within macros. */
  readonly macroDepthMax: number
  /** UTF-8 bytes of what a template renders. */
  readonly outputBytesMax: number
  /** Characters of any text on the way there, repeated (`*`) and padded text included. */
  readonly textLengthMax: number
  /** Characters of all texts together that are made, those that are put together from two not counted. */
  readonly textTotalMax: number
  /** Lists in lists, where a template's own value leaves it. */
  readonly valueDepthMax: number
  /** Bits of a whole number. */
  readonly integerBitsMax: number
}

/** What holds where nobody says otherwise. The aim: any template ends within 100 ms and 50 MB. */
export const TEMPLATE_LIMITS: Limits = {
  sourceLengthMax: 1_000_000,
  wordsMax: 50_000,
  nestingMax: 64,
  chainMax: 500,
  stepsMax: 300_000,
  iterationsMax: 100_000,
  rangeItemsMax: 1_000_000,
  macroDepthMax: 16,
  outputBytesMax: 1_000_000,
  textLengthMax: 1_000_000,
  textTotalMax: 4_000_000,
  valueDepthMax: 512,
  integerBitsMax: 8_192,
}
