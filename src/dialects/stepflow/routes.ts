// The routes of a configuration: which component paths go to which plugin. They are tried in the order of the file.
import { didYouMean } from '../../lib/did-you-mean.ts'
import type { Json } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import type { Lookup } from '../../plan/expr.ts'
import { type Fields, fieldsOf, type Shape, toItems, toMapping, toText } from '../../source/fields.ts'
import { child, type Entry, type Node, textOf } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { toJson } from '../../source/to-json.ts'
import { lookupOf } from './lookups.ts'
import type { NamedPlugin } from './plugins.ts'

/**
 * `prefix`: the component paths below `path`, which is `/` or one segment; the rest of a path goes to the plugin.
 * `pattern`: those that `path` describes, where `{name}` stands for one segment and `{*name}` for all that follows.
 */
export type Route = { readonly kind: 'prefix' | 'pattern'; readonly path: string; readonly rules: readonly Rule[] }

/** The first rule whose conditions hold, and whose lists let the component pass, decides. */
export type Rule = {
  readonly plugin: string
  readonly conditions: readonly Condition[]
  /** Component paths that this rule is for; `null`: all. */
  readonly allow: readonly string[] | null
  readonly deny: readonly string[]
}

/** Holds when the input of the step has this value there. */
export type Condition = { readonly at: Lookup; readonly value: Json }

/** The routes of a configuration; rules that name none of `plugins` are errors. */
export function readRoutes(
  entry: Entry | undefined,
  plugins: readonly NamedPlugin[],
  report: Report,
): readonly Route[] {
  const node = entry === undefined ? null : toMapping(entry.value, 'routes', report)
  const names = new Set(plugins.map(({ name }) => name))
  return (node?.entries ?? []).map((route) => readRoute(route, names, report))
}

function readRoute({ key: path, keySpan, value }: Entry, names: ReadonlySet<string>, report: Report): Route {
  const kind = path.includes('{') ? 'pattern' : 'prefix'
  const isPath = kind === 'prefix' ? /^\/[^/]*$/.test(path) : /^\/(?:[^{}]|\{\*?[A-Za-z_]\w*\})*$/.test(path)
  if (!isPath)
    report.error(
      'INVALID_ROUTE',
      keySpan,
      `Cannot use ${quote(path)} as a route`,
      'Write "/", "/name", "/name/{component}" or "/{*component}"',
    )
  const rules = toItems(value, `the route ${quote(path)}`, report) ?? []
  return { kind, path, rules: rules.flatMap((rule) => readRule(rule, names, report) ?? []) }
}

const ruleShape: Shape = {
  what: 'a rule of a route',
  keys: new Set(['plugin', 'conditions', 'componentAllow', 'componentDeny']),
  older: new Map([
    ['component_allow', 'componentAllow'],
    ['component_deny', 'componentDeny'],
  ]),
}

function readRule(value: Node, names: ReadonlySet<string>, report: Report): Rule | null {
  const node = toMapping(value, 'a rule of a route', report)
  if (node === null) return null
  const fields = fieldsOf(node, ruleShape, report)
  const entry = fields.get('plugin')
  if (entry === undefined) {
    report.error('MISSING_KEY', node.span, 'Cannot find the plugin of this rule', 'Write { plugin: name }')
    return null
  }
  const plugin = toText(entry.value, 'the name of a plugin', report)
  if (plugin === null) return null
  if (!names.has(plugin)) refuseUnknown(plugin, entry.value, names, report)
  const conditions = fields.get('conditions')
  return {
    plugin,
    conditions: conditions === undefined ? [] : readConditions(conditions.value, report),
    allow: textsOf(fields, 'componentAllow', report),
    deny: textsOf(fields, 'componentDeny', report) ?? [],
  }
}

function refuseUnknown(plugin: string, { span }: Node, names: ReadonlySet<string>, report: Report): void {
  const hint = (): string => {
    const meant = didYouMean(plugin, names)
    return meant === null ? `Plugins of this configuration: ${[...names].join(', ')}` : `Did you mean ${quote(meant)}?`
  }
  report.error('INVALID_ROUTE_REFERENCE', span, `Cannot find the plugin ${quote(plugin)}`, hint, 2200)
}

function readConditions(node: Node, report: Report): readonly Condition[] {
  return (toItems(node, 'conditions', report) ?? []).flatMap((item) => {
    const mapping = toMapping(item, 'a condition', report)
    const value = child(mapping, 'value')
    const path = child(mapping, 'path')
    if (mapping === null) return []
    if (path !== null && value !== null) return [{ at: lookupOf(path, report), value: toJson(value) }]
    report.error(
      'MISSING_KEY',
      mapping.span,
      'Cannot find path and value of this condition',
      'Write { path: "$.name", value: … }',
    )
    return []
  })
}

function textsOf(fields: Fields, key: string, report: Report): readonly string[] | null {
  const entry = fields.get(key)
  if (entry === undefined) return null
  if (textOf(entry.value) !== null) return [textOf(entry.value) ?? '']
  return (toItems(entry.value, key, report) ?? []).flatMap((item) => toText(item, 'a component path', report) ?? [])
}
