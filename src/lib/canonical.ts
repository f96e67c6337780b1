// Canonical JSON (RFC 8785): the same data, the same text, in whatever order its keys were set.
// Our own because a plan's id is computed at every start, and the usual library takes twice as long over a plan.
// JSON.stringify writes numbers and strings as the RFC asks; what is left is the order of keys. Most records of a plan have
// the keys of many others: they are sorted once.
import { isRecord, type Json } from './json.ts'

/** The canonical text. Its depth is bounded where the data was read. */
export function canonicalJson(value: Json): string {
  return textOf(value, new Map())
}

type Sorted = { readonly keys: readonly string[]; readonly names: readonly Name[] }
type Name = { readonly key: string; readonly text: string }

/** By the keys as they come, put together, which other keys may give too. */
type Orders = Map<string, Sorted>

function textOf(value: Json, orders: Orders): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  let text = ''
  if (isRecord(value)) {
    const { names } = sortedKeys(Object.keys(value), orders)
    for (const name of names) text += name.text + textOf(value[name.key] ?? null, orders)
    return `{${text}}`
  }
  for (let index = 0; index < value.length; index += 1) {
    const part = textOf(value[index] ?? null, orders)
    text += index === 0 ? part : `,${part}`
  }
  return `[${text}]`
}

/** The default order is by UTF-16 code units, as the RFC asks. */
function sortedKeys(keys: readonly string[], orders: Orders): Sorted {
  const joined = keys.join('\n')
  const known = orders.get(joined)
  if (known !== undefined && keys.every((key, index) => key === known.keys[index])) return known
  const sorted: Sorted = { keys, names: keys.toSorted().map(toName) }
  orders.set(joined, sorted)
  return sorted
}

function toName(key: string, index: number): Name {
  return { key, text: `${index === 0 ? '' : ','}${quoted(key)}:` }
}

const PLAIN = /^[ !#-[\]-~]*$/

/** Most texts need no escape, and are found out faster than escaped. */
function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}
