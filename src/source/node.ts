// A text as a tree that knows its places: what the languages read.
import type { Json } from '../lib/json.ts'
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
export type Entry = { readonly key: string; readonly keySpan: Span; readonly value: Node; readonly isTextKey: boolean }

/** The value of `key`, or `null` where the node is no mapping or has no such key. */
export function child(node: Node | null, key: string): Node | null {
  if (node?.kind !== 'map') return null
  return node.entries.find((entry) => entry.key === key)?.value ?? null
}

/** The plain data that a node stands for. */
export type ToJson = (node: Node) => Json
