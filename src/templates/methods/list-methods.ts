// Methods of lists and tuples. Lists that a template made itself may grow; data of the context never changes.
import { builtin, type Builtin, wholeOf } from '../arguments.ts'
import { isEqual } from '../compare.ts'
import { itemsOf } from '../iterate.ts'
import { fault } from '../problem.ts'
import type { Runtime } from '../runtime.ts'

const count = builtin('value', (rt, of, [value]) => {
  const items = itemsOf(rt, of)
  rt.tick(items.length)
  return items.filter((item) => isEqual(rt, item, value)).length
})

const index = builtin('value', (rt, of, [value]) => {
  const items = itemsOf(rt, of)
  rt.tick(items.length)
  const found = items.findIndex((item) => isEqual(rt, item, value))
  if (found === -1) throw fault('The value is not in the list')
  return found
})

/** The list, if it is the template's own. */
function own(rt: Runtime, of: unknown): unknown[] {
  if (Array.isArray(of) && rt.ownLists !== null && rt.ownLists.has(of)) return of
  throw fault('Data that a template is given cannot be changed', 'Change a copy: {% set copy = values | list %}')
}

export const TUPLE_METHODS: ReadonlyMap<string, Builtin> = new Map(Object.entries({ count, index }))

export const LIST_METHODS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    count,
    index,
    copy: builtin('', (rt, of) => {
      const copy = [...itemsOf(rt, of)]
      rt.tick(copy.length)
      return rt.own(copy)
    }),
    append: builtin('value', (rt, of, [value]) => {
      own(rt, of).push(value)
      return null
    }),
    extend: builtin('values', (rt, of, [values]) => {
      const more = [...itemsOf(rt, values)]
      rt.tick(more.length)
      const list = own(rt, of)
      for (const value of more) list.push(value)
      return null
    }),
    insert: builtin('at value', (rt, of, [at, value]) => {
      const list = own(rt, of)
      rt.tick(list.length)
      list.splice(wholeOf(rt, at, 0), 0, value)
      return null
    }),
    pop: builtin('at?', (rt, of, [at]) => {
      const list = own(rt, of)
      rt.tick(list.length)
      if (list.length === 0) throw fault('There is nothing to take from an empty list')
      const position = wholeOf(rt, at, -1)
      if (position >= list.length || position < -list.length) throw fault('The list has no such position')
      const [taken] = list.splice(position, 1)
      return taken
    }),
  }),
)
