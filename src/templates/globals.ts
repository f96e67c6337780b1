// Functions that every template knows.
import { builtin, type Builtin, callBuiltin, flagOf, variadic, type VariadicBuiltin, wholeOf } from './arguments.ts'
import { compare } from './compare.ts'
import { entriesOf, itemsOf, sequence, sizeOf } from './iterate.ts'
import { joinTexts } from './operators.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { Callable, Dict, kindOf, type Named, Range, Thing, Tuple } from './values.ts'

const DEFINITIONS: Readonly<Record<string, Builtin | VariadicBuiltin>> = {
  range: builtin('start stop? step?', (rt, _, [start, stop, step]) => {
    const [from, to] = stop === undefined ? [0, wholeOf(rt, start, 0)] : [wholeOf(rt, start, 0), wholeOf(rt, stop, 0)]
    const by = wholeOf(rt, step, 1)
    if (by === 0) throw fault('The step of a range cannot be zero')
    return new Range(from, to, by)
  }),
  zip: variadic((rt, _, args, named) => {
    const [isStrict] = named.values()
    const lists = args.map((of) => itemsOf(rt, of))
    const length = lists.length === 0 ? 0 : Math.min(...lists.map((items) => items.length))
    const isUneven = lists.some((items) => items.length !== length)
    if (flagOf(rt, isStrict) && isUneven) throw fault('zip: the lists are not of one length')
    return sequence(
      rt,
      Array.from({ length }, (__, index) => new Tuple(lists.map((items) => items[index]))),
    )
  }),
  enumerate: builtin('iterable start?', (rt, _, [of, start]) => {
    const from = wholeOf(rt, start, 0)
    return sequence(
      rt,
      itemsOf(rt, of).map((value, index) => new Tuple([from + index, value])),
    )
  }),
  len: builtin('obj', (rt, _, [of]) => {
    const size = sizeOf(rt, of)
    if (size === null) throw fault(`${kindOf(of)} has no length`)
    return size
  }),
  dict: variadic((rt, _, args, named) => dictOf(rt, args, named)),
  namespace: variadic((rt, _, args, named) => namespace(dictOf(rt, args, named))),
  min: variadic((rt, _, args) => extreme(rt, args, -1)),
  max: variadic((rt, _, args) => extreme(rt, args, 1)),
  cycler: variadic((rt, _, args) => cycler(rt, args)),
  joiner: builtin('sep?', (_, __, [separator]) => joiner(separator ?? ', ')),
}

export const GLOBAL_NAMES: ReadonlySet<string> = new Set(Object.keys(DEFINITIONS))

/** The globals by their names. */
export const GLOBALS: Readonly<Record<string, Callable>> = Object.freeze(
  Object.fromEntries(
    Object.entries(DEFINITIONS).map(([name, of]) => [
      name,
      new Callable(name, (rt, args, named) => callBuiltin(rt, name, of, null, args, named)),
    ]),
  ),
)

function dictOf(rt: Runtime, args: readonly unknown[], named: Named): Dict {
  const dict = new Dict()
  const [from] = args
  if (args.length > 1) throw fault('A mapping is made of one thing at most')
  if (from !== undefined) {
    const entries = entriesOf(rt, from) ?? itemsOf(rt, from).map((pair) => pairOf(rt, pair))
    rt.tick(entries.length * 2)
    for (const [key, value] of entries) dict.set(rt.open(key), value)
  }
  for (const [name, value] of named) dict.set(name, value)
  return dict
}

function pairOf(rt: Runtime, of: unknown): readonly [unknown, unknown] {
  const items = itemsOf(rt, of)
  if (items.length !== 2) throw fault('A mapping is made of pairs')
  return [items[0], items[1]]
}

function namespace(values: Dict): Thing {
  return new Thing('a namespace', (_, name) => values.get(name), { assign: (name, value) => values.set(name, value) })
}

/** The least or greatest of the arguments, or of the one list that is given. */
function extreme(rt: Runtime, args: readonly unknown[], sign: 1 | -1): unknown {
  const values = args.length === 1 ? itemsOf(rt, args[0]) : args
  if (values.length === 0) throw fault('There is no least or greatest of nothing')
  rt.tick(values.length)
  return values.reduce((best, value) => (compare(rt, value, best) * sign > 0 ? value : best))
}

function cycler(rt: Runtime, values: readonly unknown[]): Thing {
  if (values.length === 0) throw fault('There is nothing to cycle through')
  rt.tick(values.length)
  let index = 0
  const next = new Callable('next', () => {
    const value = values[index]
    index = (index + 1) % values.length
    return value
  })
  const reset = new Callable('reset', () => {
    index = 0
    return null
  })
  return new Thing('a cycler', (_, name) => {
    if (name === 'next') return next
    if (name === 'reset') return reset
    return name === 'current' ? values[index] : undefined
  })
}

function joiner(separator: unknown): Thing {
  let isFirst = true
  const call = new Callable('joiner', (rt) => {
    if (!isFirst) return joinTexts(rt, [separator])
    isFirst = false
    return ''
  })
  return new Thing('a joiner', () => undefined, { call })
}
