// Filters that order, group and compare the items of lists.
import { path, pathParts } from '../access.ts'
import { builtin, type Builtin, flagOf, textArgument } from '../arguments.ts'
import { compare, isEqual, plainText } from '../compare.ts'
import { entriesOf, itemsOf, list, sequence } from '../iterate.ts'
import { fault } from '../problem.ts'
import type { Runtime } from '../runtime.ts'
import { Dict, Tuple, Undefined } from '../values.ts'

/** What an item is compared by: an attribute, where one is named, and text in small letters, unless case counts. */
function keyOf(
  rt: Runtime,
  attributeName: unknown,
  isCaseSensitive: boolean,
  byDefault: unknown = null,
): (item: unknown) => unknown {
  const parts = pathParts(attributeName)
  return (item) => {
    const value = byDefault === null ? path(rt, item, parts) : pathOr(rt, item, parts, byDefault)
    return isCaseSensitive ? value : small(rt, value)
  }
}

function small(rt: Runtime, of: unknown): unknown {
  const value = plainText(rt.open(of))
  return typeof value === 'string' ? value.toLowerCase() : value
}

/** `path`, with `byDefault` in place of what is missing on the way. */
export function pathOr(rt: Runtime, of: unknown, parts: readonly (string | number)[], byDefault: unknown): unknown {
  let value = of
  for (const part of parts) {
    value = path(rt, value, [part])
    if (value instanceof Undefined) value = byDefault
  }
  return value
}

type Keyed = { readonly item: unknown; readonly keys: readonly unknown[] }

/** Items with their keys, in the order of these; those with equal keys stay as they are. */
function inOrder(
  rt: Runtime,
  items: readonly unknown[],
  keysOf: (item: unknown) => readonly unknown[],
  isReverse: boolean,
): readonly Keyed[] {
  rt.tick(items.length)
  const keyed: Keyed[] = items.map((item) => ({ item, keys: keysOf(item) }))
  const sign = isReverse ? -1 : 1
  return keyed.toSorted((a, b) => {
    rt.tick(2)
    for (const [index, key] of a.keys.entries()) {
      const order = isEqual(rt, key, b.keys[index]) ? 0 : compare(rt, key, b.keys[index])
      if (order !== 0 && !Number.isNaN(order)) return order * sign
    }
    return 0
  })
}

function itemOf({ item }: Keyed): unknown {
  return item
}

function extreme(sign: 1 | -1): Builtin {
  return builtin('case_sensitive? attribute?', (rt, value, [caseSensitive, attributeName]) => {
    const items = itemsOf(rt, value)
    if (items.length === 0) return new Undefined('There is no least or greatest item, the list is empty')
    const key = keyOf(rt, attributeName, flagOf(rt, caseSensitive))
    let best = { item: items[0], key: key(items[0]) }
    for (const item of items.slice(1)) {
      rt.tick()
      const by = key(item)
      if (compare(rt, by, best.key) * sign > 0) best = { item, key: by }
    }
    return best.item
  })
}

export const ORDER_FILTERS: Readonly<Record<string, Builtin>> = {
  sort: builtin('reverse? case_sensitive? attribute?', (rt, value, [reverse, caseSensitive, attributeName]) => {
    const written = plainText(attributeName)
    const names = typeof written === 'string' ? written.split(',') : [attributeName]
    const keys = names.map((name) => keyOf(rt, name, flagOf(rt, caseSensitive)))
    return list(
      rt,
      inOrder(rt, itemsOf(rt, value), (item) => keys.map((key) => key(item)), flagOf(rt, reverse)).map(itemOf),
    )
  }),
  dictsort: builtin('case_sensitive? by? reverse?', (rt, value, [caseSensitive, by, reverse]) => {
    const column = ['key', 'value'].indexOf(textArgument(rt, by, 'key'))
    if (column === -1) throw fault('dictsort sorts by "key" or by "value"')
    const entries = entriesOf(rt, value)
    if (entries === null) throw fault('dictsort takes a mapping')
    const key = (entry: unknown): unknown => path(rt, entry, [column])
    const isSensitive = flagOf(rt, caseSensitive)
    const pairs = entries.map((entry) => new Tuple(entry))
    return list(
      rt,
      inOrder(rt, pairs, (entry) => [isSensitive ? key(entry) : small(rt, key(entry))], flagOf(rt, reverse)).map(
        itemOf,
      ),
    )
  }),
  groupby: builtin('attribute default? case_sensitive?', (rt, value, [attributeName, byDefault, caseSensitive]) => {
    const isSensitive = flagOf(rt, caseSensitive)
    const key = keyOf(rt, attributeName, isSensitive, byDefault ?? null)
    const shown = keyOf(rt, attributeName, true, byDefault ?? null)
    const groups: { key: unknown; items: unknown[] }[] = []
    for (const { item, keys } of inOrder(rt, itemsOf(rt, value), (one) => [key(one)], false)) {
      const last = groups.at(-1)
      if (last !== undefined && isEqual(rt, last.key, keys[0])) last.items.push(item)
      else groups.push({ key: keys[0], items: [item] })
    }
    return list(
      rt,
      groups.map(({ items }) => new Tuple([shown(items[0]), rt.own(items)], ['grouper', 'list'])),
    )
  }),
  unique: builtin('case_sensitive? attribute?', (rt, value, [caseSensitive, attributeName]) => {
    const key = keyOf(rt, attributeName, flagOf(rt, caseSensitive))
    const seen = new Dict()
    const isNew = (item: unknown): boolean => {
      const by = rt.open(key(item))
      if (seen.has(by)) return false
      seen.set(by, true)
      return true
    }
    return sequence(rt, itemsOf(rt, value).filter(isNew))
  }),
  min: extreme(-1),
  max: extreme(1),
}
