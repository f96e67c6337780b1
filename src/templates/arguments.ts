// Arguments of filters, tests, methods and globals: by position or by name.
import { isTrue } from './compare.ts'
import { isFloat, toNumeric } from './numbers.ts'
import { textOf } from './print.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { kindOf, type Named } from './values.ts'

/** A built-in function of a value. What is not given is `undefined`. */
export type Builtin = {
  readonly params: readonly string[]
  /** How many of them must be given. */
  readonly required: number
  readonly run: (rt: Runtime, value: unknown, args: readonly unknown[]) => unknown
}

/** A built-in function that takes its arguments as they come. */
export type VariadicBuiltin = {
  readonly runAll: (rt: Runtime, value: unknown, args: readonly unknown[], named: Named) => unknown
}

/**
 * Describes a built-in function: `params` are its parameters, those that may be left out with a `?`.
 *
 * @example builtin('width?', (rt, value, [width]) => …)
 */
export function builtin(params: string, run: Builtin['run']): Builtin {
  const names = params.split(' ').filter((name) => name !== '')
  const required = names.filter((name) => !name.endsWith('?')).length
  return { params: names.map((name) => name.replace('?', '')), required, run }
}

export function variadic(runAll: VariadicBuiltin['runAll']): VariadicBuiltin {
  return { runAll }
}

/** Calls a built-in function. */
export function callBuiltin(
  rt: Runtime,
  name: string,
  of: Builtin | VariadicBuiltin,
  value: unknown,
  args: readonly unknown[],
  named: Named,
): unknown {
  if ('runAll' in of) return of.runAll(rt, value, args, named)
  if (args.length > of.params.length) throw fault(`${name} takes ${of.params.length} arguments, not ${args.length}`)
  const bound = named.size === 0 ? args : bindNamed(name, of, args, named)
  for (let index = 0; index < of.required; index += 1)
    if (bound[index] === undefined) throw fault(`${name} needs ${of.params[index] ?? 'an argument'}`)
  return of.run(rt, value, bound)
}

function bindNamed(name: string, of: Builtin, args: readonly unknown[], named: Named): readonly unknown[] {
  const bound = [...args]
  for (const [key, value] of named) {
    const index = of.params.indexOf(key)
    if (index === -1) throw fault(`${name} has no argument "${key}"`, `It has: ${of.params.join(', ') || 'none'}`)
    if (index < args.length) throw fault(`${name}: ${key} is given twice`)
    bound[index] = value
  }
  return bound
}

/** A whole number, or `byDefault` where nothing is given. */
export function wholeOf(rt: Runtime, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault
  const number = toNumeric(rt.open(value))
  if (number === null || isFloat(number)) throw fault(`Expected a whole number, not ${kindOf(rt.open(value))}`)
  return Number(number)
}

/** Text, or `byDefault` where nothing is given. */
export function textArgument(rt: Runtime, value: unknown, byDefault: string): string {
  return value === undefined ? byDefault : textOf(rt, value)
}

export function flagOf(rt: Runtime, value: unknown, byDefault = false): boolean {
  return value === undefined ? byDefault : isTrue(rt, value)
}
