// A text as a tree that knows its places: what the languages read.
// Trees that come from `read.ts` and `from-json.ts` are at most `sourceDepthMax` deep, so that recursion over one is safe,
// and keys of a mapping are unique where there was no problem. An alias is the very node that it stands for.
import { quote } from '../lib/quote.ts'
import type { Span } from '../plan/problem.ts'

/** A text and the name of the file it came from. */
export type Source = { readonly text: string; readonly file: string | null }

export type Node = ScalarNode | ListNode | MapNode

export type ScalarNode = {
  readonly kind: 'scalar'
  readonly value: null | boolean | number | string
  readonly span: Span
  /** How it was written. `plain` text was typed by YAML's core schema. */
  readonly style: 'plain' | 'quoted' | 'block'
}
export type ListNode = { readonly kind: 'list'; readonly items: readonly Node[]; readonly span: Span }
export type MapNode = { readonly kind: 'map'; readonly entries: readonly Entry[]; readonly span: Span }

/** A key and its value. A key that is not text is given as compact JSON (`{"input":"a"}`, `7`). */
export type Entry = {
  readonly key: string
  readonly keySpan: Span
  readonly value: Node
  readonly isTextKey: boolean
}

/** The place of what was not read from a text. */
export const NOWHERE: Span = { line: 0, column: 0, start: 0, end: 0 }

/** The value of `key`, or `null` where the node is no mapping or has no such key. */
export function child(node: Node | null, key: string): Node | null {
  if (node?.kind !== 'map') return null
  return node.entries.find((entry) => entry.key === key)?.value ?? null
}

/** Whether `node` is YAML's null, which stands for "not given" almost everywhere. */
export function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null
}

/** The text of `node`, or `null` where it is none. */
export function textOf(node: Node | null): string | null {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : null
}

/** What a node is, for messages. */
export function describe(node: Node): string {
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'map') return 'a mapping'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return `the text ${quote(node.value)}`
  return typeof node.value === 'number' ? `the number ${node.value}` : `${node.value}`
}
