// Methods of mappings. None of them changes its mapping.
import { builtin, type Builtin } from '../arguments.ts'
import { memberOf } from '../compare.ts'
import { entriesOf } from '../iterate.ts'
import type { Runtime } from '../runtime.ts'
import { Dict, Tuple, View } from '../values.ts'

function view(rt: Runtime, kind: View['kind'], items: unknown[]): unknown {
  rt.tick(items.length)
  return rt.settings.text === 'json' ? rt.own(items) : new View(kind, items)
}

function entries(rt: Runtime, of: unknown): readonly (readonly [unknown, unknown])[] {
  return entriesOf(rt, of) ?? []
}

export const MAPPING_METHODS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    items: builtin('', (rt, of) =>
      view(
        rt,
        'items',
        entries(rt, of).map((entry) => new Tuple(entry)),
      ),
    ),
    keys: builtin('', (rt, of) =>
      view(
        rt,
        'keys',
        entries(rt, of).map(([key]) => key),
      ),
    ),
    values: builtin('', (rt, of) =>
      view(
        rt,
        'values',
        entries(rt, of).map(([, value]) => value),
      ),
    ),
    get: builtin('key default?', (rt, of, [key, byDefault]) => {
      const member = memberOf(of, rt.open(key))
      return member === undefined ? (byDefault ?? null) : member
    }),
    copy: builtin('', (rt, of) => {
      const copy = new Dict()
      for (const [key, value] of entries(rt, of)) copy.set(key, value)
      return copy
    }),
  }),
)
