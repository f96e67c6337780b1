// Filters that apply other filters and tests to each item.
import { path, pathParts } from '../access.ts'
import { variadic, type VariadicBuiltin } from '../arguments.ts'
import { isTrue } from '../compare.ts'
import { itemsOf, sequence } from '../iterate.ts'
import { textOf } from '../print.ts'
import { fault } from '../problem.ts'
import type { Runtime } from '../runtime.ts'
import { type Named, Undefined } from '../values.ts'
import { pathOr } from './order-filters.ts'

type Apply<T> = (rt: Runtime, name: string, value: unknown, args: readonly unknown[], named: Named) => T

/** The filters, given how others are applied. */
export function pickFilters(apply: {
  readonly filter: Apply<unknown>
  readonly test: Apply<boolean>
}): Readonly<Record<string, VariadicBuiltin>> {
  const pick = (keeps: boolean, byAttribute: boolean): VariadicBuiltin =>
    variadic((rt, value, args, named) => {
      if (!isTrue(rt, value)) return sequence(rt, [])
      const [attributeName, ...behind] = args
      if (byAttribute && attributeName === undefined) throw fault('An attribute to look at is missing')
      const parts = byAttribute ? pathParts(attributeName) : []
      const [test, ...rest] = byAttribute ? behind : args
      const holds = (of: unknown): boolean =>
        test === undefined ? isTrue(rt, of) : apply.test(rt, textOf(rt, test), of, rest, named)
      const kept = itemsOf(rt, value).filter((item) => {
        rt.tick()
        return holds(path(rt, item, parts)) === keeps
      })
      return sequence(rt, kept)
    })
  return {
    map: variadic((rt, value, args, named) => {
      if (!isTrue(rt, value)) return sequence(rt, [])
      const change = args.length === 0 ? attributeOf(rt, named) : filterOf(rt, apply.filter, args, named)
      return sequence(
        rt,
        itemsOf(rt, value).map((item) => {
          rt.tick()
          return change(item)
        }),
      )
    }),
    select: pick(true, false),
    reject: pick(false, false),
    selectattr: pick(true, true),
    rejectattr: pick(false, true),
  }
}

function attributeOf(rt: Runtime, named: Named): (item: unknown) => unknown {
  const attributeName = named.get('attribute')
  if (attributeName === undefined) throw fault('map takes a filter, or attribute=…')
  const other = [...named.keys()].find((name) => name !== 'attribute' && name !== 'default')
  if (other !== undefined) throw fault(`map has no argument "${other}"`)
  const parts = pathParts(attributeName)
  const byDefault = named.get('default') ?? null
  return (item) => {
    const value = byDefault === null ? path(rt, item, parts) : pathOr(rt, item, parts, byDefault)
    return value instanceof Undefined && byDefault !== null ? byDefault : value
  }
}

function filterOf(
  rt: Runtime,
  apply: Apply<unknown>,
  args: readonly unknown[],
  named: Named,
): (item: unknown) => unknown {
  const [filter, ...rest] = args
  const name = textOf(rt, filter)
  return (item) => apply(rt, name, item, rest, named)
}
