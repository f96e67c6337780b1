// Arguments of calls, filters and tests.
import type { Arguments, Expression } from './ast.ts'
import type { Evaluate } from './compiled.ts'
import { entriesOf, itemsOf } from './iterate.ts'
import { textOf } from './print.ts'
import { fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { kindOf, type Named } from './values.ts'

/** The values that a call, filter or test is given. */
export type Given = { readonly args: readonly unknown[]; readonly named: Named }

const NOTHING: Given = { args: [], named: new Map() }

export function compileArguments(args: Arguments, compile: (part: Expression) => Evaluate): (rt: Runtime) => Given {
  const positional = args.positional.map(compile)
  const named = args.named.map(({ name, value }) => ({ name, value: compile(value) }))
  const rest = args.rest === null ? null : compile(args.rest)
  const namedRest = args.namedRest === null ? null : compile(args.namedRest)
  if (positional.length + named.length === 0 && rest === null && namedRest === null) return () => NOTHING
  return (rt) => {
    const values = positional.map((evaluate) => evaluate(rt))
    if (rest !== null) values.push(...spread(rt, rest(rt)))
    if (named.length === 0 && namedRest === null) return { args: values, named: NOTHING.named }
    const byName = new Map<string, unknown>()
    for (const { name, value } of named) byName.set(name, value(rt))
    if (namedRest !== null) spreadNamed(rt, namedRest(rt), byName)
    return { args: values, named: byName }
  }
}

/** More arguments than this are a list. */
const SPREAD_MAX = 1_000

function spread(rt: Runtime, of: unknown): readonly unknown[] {
  const items = itemsOf(rt, of)
  if (items.length > SPREAD_MAX) throw fault(`A call takes ${SPREAD_MAX} arguments at most`, 'Pass a list')
  return items
}

function spreadNamed(rt: Runtime, of: unknown, byName: Map<string, unknown>): void {
  const entries = entriesOf(rt, of)
  if (entries === null) throw fault(`After ** a mapping is expected, not ${kindOf(of)}`)
  rt.tick(entries.length)
  for (const [key, value] of entries) {
    if (byName.has(textOf(rt, key))) throw fault(`The argument ${textOf(rt, key)} is given twice`)
    byName.set(textOf(rt, key), value)
  }
}
