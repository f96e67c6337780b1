// The methods that templates may call. What is not in these tables does not exist, whatever the host has.
import { callBuiltin, type Builtin, type VariadicBuiltin } from '../arguments.ts'
import type { Runtime } from '../runtime.ts'
import { Callable, Dict, isList, isPlainMapping, Markup, Range, Tuple } from '../values.ts'
import { LIST_METHODS, TUPLE_METHODS } from './list-methods.ts'
import { MAPPING_METHODS } from './mapping-methods.ts'
import { TEXT_METHODS } from './text-methods.ts'

type Table = ReadonlyMap<string, Builtin | VariadicBuiltin>

/** The method `name` of `value`, bound to it; `undefined` where it has none. */
export function methodOf(value: unknown, name: string): Callable | undefined {
  const method = tableOf(value)?.get(name)
  if (method === undefined) return undefined
  const self = value instanceof Markup ? value.text : value
  return new Callable(name, (rt: Runtime, args, named) => {
    if (typeof self === 'string') rt.scan(self.length)
    const result = callBuiltin(rt, name, method, self, args, named)
    return value instanceof Markup ? marked(rt, value, result) : result
  })
}

/** Texts that are made of a text that was made ready are so, too. */
function marked(rt: Runtime, of: Markup, result: unknown): unknown {
  if (typeof result === 'string') return of.with(result)
  if (isList(result)) return rt.own(result.map((part) => marked(rt, of, part)))
  return result instanceof Tuple ? new Tuple(result.items.map((part) => marked(rt, of, part))) : result
}

function tableOf(value: unknown): Table | null {
  if (typeof value === 'string' || value instanceof Markup) return TEXT_METHODS
  if (isList(value)) return LIST_METHODS
  if (value instanceof Tuple || value instanceof Range) return TUPLE_METHODS
  return value instanceof Dict || isPlainMapping(value) ? MAPPING_METHODS : null
}
