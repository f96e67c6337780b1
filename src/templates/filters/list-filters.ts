// Filters that make lists, cut them and put them together.
import { path, pathParts } from '../access.ts'
import { builtin, type Builtin, wholeOf } from '../arguments.ts'
import { charactersOf } from '../characters.ts'
import { plainText } from '../compare.ts'
import { entriesOf, itemsOf, list, sequence, sizeOf } from '../iterate.ts'
import { joinTexts, operate } from '../operators.ts'
import { fault } from '../problem.ts'
import { isList, Iterator, kindOf, Markup, Range, Tuple, Undefined, View } from '../values.ts'

const length = builtin('', (rt, value) => {
  const size = sizeOf(rt, value)
  if (size === null) throw fault(`${kindOf(rt.open(value))} has no length`, 'Make it a list: | list | length')
  return size
})

export const LIST_FILTERS: Readonly<Record<string, Builtin>> = {
  length,
  count: length,
  list: builtin('', (rt, value) => list(rt, [...itemsOf(rt, value)])),
  items: builtin('', (rt, value) => {
    if (value instanceof Undefined) return sequence(rt, [])
    const entries = entriesOf(rt, value)
    if (entries === null) throw fault(`items takes a mapping, not ${kindOf(value)}`)
    return sequence(
      rt,
      entries.map((entry) => new Tuple(entry)),
    )
  }),
  first: builtin('', (rt, value) => {
    const opened = rt.open(value)
    const next = opened instanceof Iterator ? opened.next() : null
    if (next !== null) return next.value
    const items = itemsOf(rt, opened)
    return items.length === 0 ? new Undefined('There is no first item, the list is empty') : items[0]
  }),
  last: builtin('', (rt, value) => {
    const opened = rt.open(value)
    if (opened instanceof Iterator)
      throw fault('What can be read once has no last item', 'Make it a list: | list | last')
    const items = itemsOf(rt, opened)
    if (items.length === 0) return new Undefined('There is no last item, the list is empty')
    const last = items.at(-1)
    return opened instanceof Markup ? opened.with(String(last)) : last
  }),
  reverse: builtin('', (rt, value) => {
    const text = plainText(rt.open(value))
    if (typeof text === 'string') {
      rt.scan(text.length * 32)
      const reversed = charactersOf(text).toReversed().join('')
      return value instanceof Markup ? value.with(reversed) : reversed
    }
    const items = itemsOf(rt, value).toReversed()
    const isReadOnce = isList(value) || value instanceof Tuple || value instanceof Range || value instanceof View
    return isReadOnce ? sequence(rt, items) : list(rt, items)
  }),
  join: builtin('d? attribute?', (rt, value, [separator, attributeName]) => {
    const items = itemsOf(rt, value)
    rt.tick(items.length)
    const parts = pathParts(attributeName ?? null)
    const values = parts.length === 0 ? items : items.map((item) => path(rt, item, parts))
    return joinTexts(rt, values, separator === undefined ? '' : separator)
  }),
  sum: builtin('attribute? start?', (rt, value, [attributeName, start]) => {
    const parts = pathParts(attributeName ?? null)
    let total: unknown = start ?? 0
    if (typeof plainText(total) === 'string') throw fault('sum adds numbers', 'Use | join for text')
    for (const item of itemsOf(rt, value)) {
      rt.tick()
      total = operate(rt, '+', total, path(rt, item, parts))
    }
    return total
  }),
  batch: builtin('linecount fill_with?', (rt, value, [linecount, fill]) => {
    const size = wholeOf(rt, linecount, 1)
    const items = itemsOf(rt, value)
    if (size < 1) throw fault('batch takes how many items make a row, at least 1')
    const rows: unknown[] = []
    for (let at = 0; at < items.length; at += size) {
      const row = items.slice(at, at + size)
      const missing = fill === undefined || fill === null ? 0 : size - row.length
      rt.tick(missing + row.length)
      rows.push(rt.own([...row, ...Array.from({ length: missing }, () => fill)]))
    }
    return sequence(rt, rows)
  }),
  slice: builtin('slices fill_with?', (rt, value, [slices, fill]) => {
    const count = wholeOf(rt, slices, 1)
    const items = itemsOf(rt, value)
    if (count < 1) throw fault('slice takes how many columns to make, at least 1')
    rt.tick(count + items.length)
    const [each, longer] = [Math.floor(items.length / count), items.length % count]
    const columns: unknown[] = []
    for (let index = 0, from = 0; index < count; index += 1) {
      const to = from + each + (index < longer ? 1 : 0)
      const isFilled = fill !== undefined && fill !== null && index >= longer
      columns.push(rt.own(isFilled ? [...items.slice(from, to), fill] : items.slice(from, to)))
      from = to
    }
    return sequence(rt, columns)
  }),
}
