// What aliases stand for, and how much of it they may repeat: a text of some hundred bytes must not become gigabytes.
import { quote } from '../lib/quote.ts'
import type { Span } from '../plan/problem.ts'
import type { SourceBounds } from './bounds.ts'
import type { Node } from './node.ts'
import type { Report } from './report.ts'

/** A named value. */
export type Anchor = {
  /** `null` while it is still being read. */
  node: Node | null
  /** Nodes in it, those that aliases repeat included; each 100 characters of a text count as one more. */
  weight: number
  /** Collections inside each other in it. */
  height: number
}

/** The anchors of one text. What aliases repeat is counted over all its documents. */
export class Anchors {
  readonly #bounds: SourceBounds
  readonly #report: Report
  #byName = new Map<string, Anchor>()
  #aliases = 0
  #repeated = 0

  constructor(bounds: SourceBounds, report: Report) {
    this.#bounds = bounds
    this.#report = report
  }

  /** A new document begins: it does not see the anchors of others. */
  forget(): void {
    if (this.#byName.size > 0) this.#byName = new Map()
  }

  /** A value named `name` begins. Whoever reads it fills in the rest. */
  open(name: string): Anchor {
    const anchor: Anchor = { node: null, weight: 0, height: 0 }
    this.#byName.set(name, anchor)
    return anchor
  }

  /** What `*name`, inside `depth` collections, stands for; `null` where that is refused. A bound is named once. */
  resolve(name: string, depth: number, span: Span): Anchor | null {
    const { aliasesMax, aliasNodesMax, sourceDepthMax } = this.#bounds
    const anchor = this.#byName.get(name)
    if (anchor === undefined)
      return this.#refuse('SOURCE_ALIAS', span, `find an anchor for ${quote(`*${name}`)}`, 'Quote it if it is a text')
    if (anchor.node === null)
      return this.#refuse('SOURCE_ALIAS', span, `use ${quote(`*${name}`)} inside the value that it names`)
    if (depth + anchor.height > sourceDepthMax)
      return this.#refuse(
        'SOURCE_BOUND',
        span,
        `read lists and mappings deeper than sourceDepthMax (${sourceDepthMax})`,
      )
    if (++this.#aliases > aliasesMax)
      return this.#aliases > aliasesMax + 1
        ? null
        : this.#refuse('SOURCE_BOUND', span, `read more aliases than aliasesMax (${aliasesMax})`)
    const before = this.#repeated
    this.#repeated += anchor.weight
    if (this.#repeated <= aliasNodesMax) return anchor
    if (before > aliasNodesMax) return null
    return this.#refuse('SOURCE_BOUND', span, `repeat more nodes by aliases than aliasNodesMax (${aliasNodesMax})`)
  }

  #refuse(code: string, span: Span, what: string, hint = 'Write the value out'): null {
    this.#report.error(code, span, `Cannot ${what}`, hint)
    return null
  }
}
