// The plain data that a tree stands for. Keys are own properties, `__proto__` included. A tree's depth is bounded.
import { unreachable } from '../lib/assert.ts'
import { type Json, setOwn } from '../lib/json.ts'
import type { Node } from './node.ts'

/** The value of `node` as plain data. Keys that are not text are their JSON. */
export function toJson(node: Node): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(toJson)
    case 'map': {
      const record: { [key: string]: Json } = {}
      for (const { key, value } of node.entries) setOwn(record, key, toJson(value))
      return record
    }
    default:
      return unreachable(node)
  }
}
