// How much text is read. A text beyond a bound is refused with the bound's name, at a cost that the bound itself limits.

export type SourceBounds = {
  /** Bytes of a text as UTF-8. */
  readonly sourceBytesMax: number
  /** Lists and mappings inside each other. Whoever walks a tree may recurse, because of this bound. */
  readonly sourceDepthMax: number
  readonly documentsMax: number
  /** `*alias` nodes of a text. */
  readonly aliasesMax: number
  /** Nodes that aliases repeat, all together; each 100 characters of a text count as one more. */
  readonly aliasNodesMax: number
  /** Keys of a text that are lists or mappings; each 100 characters of one count as one more. */
  readonly collectionKeysMax: number
}

/** A flow of 100,000 steps is about 14 MB; honest flows hardly nest and need about no alias. */
export const SOURCE_BOUNDS: SourceBounds = {
  sourceBytesMax: 16 * 1024 * 1024,
  sourceDepthMax: 64,
  documentsMax: 10_000,
  aliasesMax: 50,
  aliasNodesMax: 100_000,
  collectionKeysMax: 10_000,
}

/** Problems of one text. Further ones are not kept, and reading ends where one of them is an error. */
export const problemsMax = 1_000

/** Names that are looked for among all others ("Did you mean"), for one text: each search reads the whole list. */
export const suggestionsMax = 20

/** Steps of one flow. */
export const stepsPerPlanMax = 100_000

/** Items that a loop lists in the text; a loop over a value may have more. */
export const itemsListedMax = 100_000
