// From the parser's events to trees. Finds what the parser lets pass: tags, merge keys, repeated keys, aliases that
// repeat too much, numbers that JSON has not, and templates that YAML takes for mappings. Every node costs the same.
import { type Event, EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml'
import { type Anchor, Anchors } from './anchors.ts'
import type { SourceBounds } from './bounds.ts'
import { type Entry, isNull, type ListNode, type MapNode, type Node, type ScalarNode } from './node.ts'
import { createPlaces, type OpenSpan, type Places } from './places.ts'
import { losesDigits, plainValue } from './plain.ts'
import { quote } from '../lib/quote.ts'
import type { Report } from './report.ts'
import { toJson } from './to-json.ts'

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>
type CollectionEvent = Extract<Event, { style: 1 | 2; start: number }>

/** A collection that is being read. `closer` ends it, for one in brackets. */
type Frame = {
  readonly node: { readonly kind: 'list' | 'map'; readonly span: OpenSpan }
  readonly items: Node[]
  readonly entries: Entry[]
  /** Of a mapping with more than a few entries. */
  keys: Map<string, Entry> | null
  readonly anchor: Anchor | null
  readonly closer: string | null
  key: Node | null
  /** Collections inside each other in it, itself included. */
  height: number
}

/** The documents of `text`, whose events these are; none where it is nothing but mistakes. Problems go to `report`. */
export function buildTrees(text: string, events: readonly Event[], bounds: SourceBounds, report: Report): Node[] {
  return new Builder(text, bounds, report).build(events)
}

/** A class, because its fields are what the loop over all events works on. */
class Builder {
  readonly #text: string
  readonly #bounds: SourceBounds
  readonly #report: Report
  readonly #places: Places
  readonly #anchors: Anchors
  readonly #roots: Node[] = []
  readonly #open: Frame[] = []
  /** Nodes so far, those that aliases repeat included. */
  #weight = 0
  /** Keys so far that are lists or mappings, by weight. */
  #collectionKeys = 0
  /** Where the last node ended. */
  #end = 0

  constructor(text: string, bounds: SourceBounds, report: Report) {
    this.#text = text
    this.#bounds = bounds
    this.#report = report
    this.#places = createPlaces(text)
    this.#anchors = new Anchors(bounds, report)
  }

  build(events: readonly Event[]): Node[] {
    for (const event of events) {
      if (this.#report.isFull || this.#collectionKeys > this.#bounds.collectionKeysMax) return []
      switch (event.type) {
        case EVENT_ID.DOCUMENT:
          this.#anchors.forget()
          break
        case EVENT_ID.SEQUENCE:
        case EVENT_ID.MAPPING:
          this.#openCollection(event)
          break
        case EVENT_ID.SCALAR:
          this.#scalar(event)
          break
        case EVENT_ID.ALIAS:
          this.#alias(event.anchorStart, event.anchorEnd)
          break
        case EVENT_ID.POP:
          this.#closeCollection()
          break
      }
    }
    return this.#roots
  }

  #openCollection(event: CollectionEvent): void {
    const kind = event.type === EVENT_ID.MAPPING ? 'map' : 'list'
    const span = this.#places.spanAt(event.start, event.start)
    const opener = this.#text[event.start]
    const closer = event.style === 1 ? null : opener === '{' ? '}' : opener === '[' ? ']' : null
    this.#refuseTag(event)
    const anchor = this.#anchorOf(event)
    this.#weight++
    const [items, entries] = kind === 'list' ? [[], none] : [none, []]
    this.#open.push({ node: { kind, span }, items, entries, keys: null, anchor, closer, key: null, height: 1 })
    if (this.#open.length > this.#bounds.sourceDepthMax) this.#refuseDepth(span)
  }

  #closeCollection(): void {
    const frame = this.#open.pop()
    if (frame === undefined) return
    const { kind, span } = frame.node
    if (frame.closer !== null) this.#end = this.#text.indexOf(frame.closer, Math.max(this.#end, span.start)) + 1
    span.end = Math.max(this.#end, span.start)
    this.#end = span.end
    const node: ListNode | MapNode =
      kind === 'list' ? { kind, items: frame.items, span } : { kind, entries: frame.entries, span }
    if (node.kind === 'map') this.#refuseTemplate(node)
    if (frame.anchor !== null) closeAnchor(frame.anchor, node, this.#weight, frame.height)
    this.#place(node, frame.height)
  }

  #scalar(event: ScalarEvent): void {
    this.#refuseTag(event)
    const node = event.style === SCALAR_STYLE.PLAIN ? this.#plain(event) : this.#styled(event)
    const anchor = this.#anchorOf(event)
    this.#weight += 1 + (typeof node.value === 'string' ? Math.floor(node.value.length / 100) : 0)
    this.#end = node.span.end
    if (anchor !== null) closeAnchor(anchor, node, this.#weight, 0)
    this.#place(node, 0)
  }

  #plain(event: ScalarEvent): ScalarNode {
    if (event.valueStart === -1) return empty(this.#places.spanAt(this.#end, this.#end))
    const text = getScalarValue(this.#text, event)
    const value = plainValue(text)
    const node: ScalarNode = {
      kind: 'scalar',
      value,
      style: 'plain',
      span: this.#places.spanAt(event.valueStart, event.valueEnd),
    }
    if (typeof value === 'number') this.#checkNumber(text, value, node)
    return node
  }

  #styled(event: ScalarEvent): ScalarNode {
    const value = getScalarValue(this.#text, event)
    const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK
    const span = isBlock
      ? this.#places.spanAt(event.valueStart, event.valueEnd)
      : this.#places.spanAt(event.valueStart - 1, event.valueEnd + 1)
    const isDouble = event.style === SCALAR_STYLE.DOUBLE_QUOTED
    if (isDouble && !event.fast && !isSound(value, this.#text.slice(span.start, span.end)))
      this.#report.error(
        'SOURCE_CHARACTER',
        span,
        'Cannot read an escape sequence that stands for no character',
        'Write a code point up to 10FFFF, or both halves of a surrogate pair',
      )
    return { kind: 'scalar', value, span, style: isBlock ? 'block' : 'quoted' }
  }

  #checkNumber(text: string, value: number, { span }: ScalarNode): void {
    if (!Number.isFinite(value))
      this.#report.error(
        'SOURCE_NUMBER',
        span,
        `Cannot use ${text}: JSON has no such number`,
        `Quote it to make it a text: "${text}"`,
      )
    else if (losesDigits(text, value))
      this.#report.warning(
        'SOURCE_DIGITS',
        span,
        `Cannot keep all digits of ${text}: as a number it is ${value}`,
        `Quote it to make it a text: "${text}"`,
      )
  }

  #alias(start: number, end: number): void {
    const span = this.#places.spanAt(start - 1, end)
    this.#end = end
    const anchor = this.#anchors.resolve(this.#text.slice(start, end), this.#open.length, span)
    this.#weight += anchor?.weight ?? 1
    this.#place(anchor?.node ?? empty(span), anchor?.height ?? 0)
  }

  #anchorOf(event: CollectionEvent | ScalarEvent): Anchor | null {
    if (event.anchorStart === -1) return null
    const anchor = this.#anchors.open(this.#text.slice(event.anchorStart, event.anchorEnd))
    anchor.weight = -this.#weight // Made up for when the value has been read.
    return anchor
  }

  /** Gives `node` to the collection that is open, as a key or a value, or makes it a document. */
  #place(node: Node, height: number): void {
    const frame = this.#open.at(-1)
    if (frame === undefined) {
      this.#roots.push(node)
      return
    }
    if (height >= frame.height) frame.height = height + 1
    if (frame.node.kind === 'list') frame.items.push(node)
    else if (frame.key === null) frame.key = node
    else {
      this.#addEntry(frame, frame.key, node)
      frame.key = null
    }
  }

  #addEntry(frame: Frame, keyNode: Node, value: Node): void {
    const isTextKey = keyNode.kind === 'scalar' && typeof keyNode.value === 'string'
    const entry: Entry = { key: this.#keyOf(keyNode), keySpan: keyNode.span, value, isTextKey }
    const earlier = earlierEntry(frame, entry.key)
    if (entry.key === '<<' && keyNode.kind === 'scalar' && keyNode.style === 'plain')
      this.#report.error(
        'SOURCE_MERGE_KEY',
        entry.keySpan,
        'Cannot use the merge key "<<": YAML 1.2 has none',
        'Write the keys out, or quote "<<" to make it a plain key',
      )
    if (frame.closer === '}') this.#warnOfColon(entry)
    if (earlier === undefined) {
      frame.keys?.set(entry.key, entry)
      frame.entries.push(entry)
    } else this.#refuseRepeated(entry, earlier)
  }

  /** `{ id:7 }` is one key without a value. */
  #warnOfColon({ key, keySpan, value, isTextKey }: Entry): void {
    if (
      !isTextKey ||
      !key.includes(':') ||
      value.span.end > value.span.start ||
      /["']/.test(this.#text[keySpan.start] ?? '')
    )
      return
    this.#report.warning(
      'SOURCE_COLON',
      keySpan,
      `Cannot find a value for the key ${quote(key)}`,
      'Write a space after the colon',
    )
  }

  #refuseRepeated(entry: Entry, { keySpan }: Entry): void {
    const first = `line ${keySpan.line}, column ${keySpan.column}`
    this.#report.error(
      'DUPLICATE_KEY',
      entry.keySpan,
      `Cannot use the key ${quote(entry.key)} twice in one mapping: it is also at ${first}`,
      'Remove or rename one of them',
    )
  }

  #keyOf(node: Node): string {
    if (node.kind === 'scalar') return typeof node.value === 'string' ? node.value : JSON.stringify(node.value)
    if (!this.#mayBeKey(node)) return ''
    if (!hasCollectionKey(node)) return JSON.stringify(toJson(node))
    this.#report.error('SOURCE_KEY', node.span, 'Cannot use a mapping as a key inside another key')
    return `${node.span.start}`
  }

  /** Keys become text: each is walked and written once more. */
  #mayBeKey({ span }: Node): boolean {
    const { collectionKeysMax } = this.#bounds
    const before = this.#collectionKeys
    this.#collectionKeys += 1 + Math.floor((span.end - span.start) / 100)
    if (this.#collectionKeys <= collectionKeysMax) return true
    if (before <= collectionKeysMax)
      this.#report.error(
        'SOURCE_BOUND',
        span,
        `Cannot read more lists and mappings as keys than collectionKeysMax (${collectionKeysMax})`,
      )
    return false
  }

  #refuseTag(event: CollectionEvent | ScalarEvent): void {
    if (event.tagStart === -1) return
    const tag = this.#text.slice(event.tagStart, event.tagEnd)
    const span = this.#places.spanAt(event.tagStart, event.tagEnd)
    this.#end = Math.max(this.#end, event.tagEnd) // An empty value stands behind its tag: places never go far back.
    this.#report.error(
      'SOURCE_TAG',
      span,
      `Cannot use the tag ${quote(tag)}: tags are not read`,
      'Remove it; quote a value to make it a text',
    )
  }

  #refuseDepth(span: OpenSpan): void {
    const { sourceDepthMax } = this.#bounds
    this.#report.error(
      'SOURCE_BOUND',
      span,
      `Cannot read lists and mappings deeper than sourceDepthMax (${sourceDepthMax})`,
    )
  }

  /** `{{ x }}` is, to YAML, a mapping whose key is a mapping. */
  #refuseTemplate({ entries, span }: MapNode): void {
    const entry = entries[0]
    if (entry === undefined || entries.length > 1 || !isNull(entry.value) || !this.#text.startsWith('{{', span.start))
      return
    const template = this.#text.slice(span.start, span.end)
    this.#report.error(
      'TEMPLATE_NOT_QUOTED',
      span,
      `Cannot read ${template} without quotes: to YAML it is a mapping`,
      `Quote it: "${template}"`,
    )
  }
}

/** What a list has instead of entries, and a mapping instead of items: most of a text's cost is memory. */
const none: never[] = []

/** Most mappings are small, and a `Map` costs more than looking through one. */
const fewEntries = 8

function earlierEntry(frame: Frame, key: string): Entry | undefined {
  const { entries } = frame
  if (frame.keys === null && entries.length >= fewEntries)
    frame.keys = new Map(entries.map((entry) => [entry.key, entry]))
  return frame.keys === null ? entries.find((entry) => entry.key === key) : frame.keys.get(key)
}

function closeAnchor(anchor: Anchor, node: Node, weight: number, height: number): void {
  anchor.node = node
  anchor.weight += weight
  anchor.height = height
}

function empty(span: OpenSpan): ScalarNode {
  return { kind: 'scalar', value: null, span, style: 'plain' }
}

/** Whether `value` has only whole characters, and `written` no escape beyond the last of them. */
function isSound(value: string, written: string): boolean {
  return value.isWellFormed() && !/(?<!\\)(?:\\\\)*\\U(?!000|0010)/.test(written)
}

/** Whether a key somewhere in `node` is a list or mapping. Their JSON inside JSON would double its backslashes each time. */
function hasCollectionKey(node: Node): boolean {
  if (node.kind === 'scalar') return false
  if (node.kind === 'list') return node.items.some(hasCollectionKey)
  return node.entries.some(({ key, isTextKey, value }) => (!isTextKey && /^[[{]/.test(key)) || hasCollectionKey(value))
}
