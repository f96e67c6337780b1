// Filters for any value: defaults, attributes, text forms.
import { builtin, type Builtin, flagOf, textArgument, wholeOf } from '../arguments.ts'
import { attribute } from '../access.ts'
import { isTrue } from '../compare.ts'
import { fromJson, toJson } from '../json-text.ts'
import { methodOf } from '../methods/methods.ts'
import { prettyPrint } from '../pretty-print.ts'
import { textOf } from '../print.ts'
import { fault } from '../problem.ts'
import type { Runtime } from '../runtime.ts'
import { isList, Markup, Thing, Tuple, Undefined } from '../values.ts'

const byDefault = builtin('default_value? boolean?', (rt, value, [other, boolean]) => {
  const isMissing = value instanceof Undefined || (flagOf(rt, boolean) && !isTrue(rt, value))
  return isMissing ? (other === undefined ? '' : other) : value
})

function attributeOnly(rt: Runtime, of: unknown, name: string): unknown {
  const value = rt.open(of)
  if (rt.settings.text === 'json' && !(value instanceof Undefined)) return attribute(rt, value, name)
  const isKnown = value instanceof Thing || value instanceof Tuple || methodOf(value, name) !== undefined
  return isKnown ? attribute(rt, value, name) : new Undefined(`There is no attribute "${name}"`)
}

export const VALUE_FILTERS: Readonly<Record<string, Builtin>> = {
  default: byDefault,
  d: byDefault,
  attr: builtin('name', (rt, value, [name]) => attributeOnly(rt, value, textArgument(rt, name, ''))),
  string: builtin('', (rt, value) => (value instanceof Markup || rt.isLeaf(value) ? value : textOf(rt, value))),
  safe: builtin('', (rt, value) => new Markup(textOf(rt, value), 'safe')),
  pprint: builtin('', (rt, value) => prettyPrint(rt, value)),
  tojson: builtin(
    'indent?',
    (rt, value, [indent]) =>
      new Markup(toJson(rt, value, indent === undefined || indent === null ? null : wholeOf(rt, indent, 0)), 'json'),
  ),
  fromjson: builtin('', (rt, value) => fromJson(rt, textOf(rt, value))),
  random: builtin('', (rt, value) => {
    const items = rt.open(value)
    if (isList(items) && items.length === 1) return items[0]
    if (isList(items) && items.length === 0) return new Undefined('There is no random item, the list is empty')
    throw fault('A template has no chance: it renders the same every time', 'Choose in a step of its own')
  }),
}
