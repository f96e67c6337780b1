// Values over several lines where one would be too long, keys in order: Python's `pprint`.
import { compareTexts } from './characters.ts'
import { entriesOf } from './iterate.ts'
import { reprOf } from './print.ts'
import type { Runtime } from './runtime.ts'
import { Dict, isList, Tuple } from './values.ts'

const WIDTH = 80

/** `value` as Python prints it prettily. */
export function prettyPrint(rt: Runtime, value: unknown): string {
  return pretty(rt, value, 0, 0)
}

/** `before` characters are taken on the line, `after` will follow the value on its last line. */
function pretty(rt: Runtime, of: unknown, before: number, after: number): string {
  rt.tick(8)
  const value = sorted(rt, rt.open(of))
  const line = reprOf(rt, value)
  rt.sized(line.length)
  if (line.length <= WIDTH - before - after) return line
  if (value instanceof Dict) {
    const lines = value.entries().map(([key, inner], index) => {
      const name = `${reprOf(rt, key)}: `
      const isLast = index === value.size - 1
      return name + pretty(rt, inner, before + 1 + name.length, isLast ? after + 1 : 1)
    })
    return `{${lines.join(`,\n${' '.repeat(before + 1)}`)}}`
  }
  const items = isList(value) ? value : value instanceof Tuple ? value.items : null
  if (items === null || items.length === 0) return line
  const [open, close] = isList(value) ? ['[', ']'] : ['(', items.length === 1 ? ',)' : ')']
  const lines = items.map((item, index) =>
    pretty(rt, item, before + 1, index === items.length - 1 ? after + close.length : 1),
  )
  return `${open}${lines.join(`,\n${' '.repeat(before + 1)}`)}${close}`
}

/** The same with the keys of mappings in order. */
function sorted(rt: Runtime, of: unknown): unknown {
  const value = rt.open(of)
  if (isList(value)) return value.map((item) => sorted(rt, item))
  if (value instanceof Tuple) return new Tuple(value.items.map((item) => sorted(rt, item)))
  const entries = entriesOf(rt, value)
  if (entries === null) return value
  rt.tick(entries.length)
  const inOrder = new Dict()
  for (const [key, inner] of entries.toSorted(([a], [b]) => compareTexts(reprOf(rt, a), reprOf(rt, b))))
    inOrder.set(key, sorted(rt, inner))
  return inOrder
}
