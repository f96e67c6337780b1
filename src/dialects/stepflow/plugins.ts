// The plugins of a configuration: what provides components.
import { quote } from '../../lib/quote.ts'
import type { Span } from '../../plan/problem.ts'
import { fieldsOf, type Shape, toMapping, toText } from '../../source/fields.ts'
import { child, type Entry, type Node } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { type MockComponent, readMocks } from './mocks.ts'

export type Plugin =
  | { readonly kind: 'builtin' }
  | { readonly kind: 'mock'; readonly components: readonly MockComponent[] }
  /** A module of components; `path` is relative to the file of the configuration. */
  | { readonly kind: 'module'; readonly path: string }
  /** One that this engine has no part for: what it would provide is not found. */
  | { readonly kind: 'unknown'; readonly type: string }

export type NamedPlugin = { readonly name: string; readonly plugin: Plugin; readonly span: Span }

/** The plugins by name, in the order of the file. */
export function readPlugins(entry: Entry | undefined, report: Report): readonly NamedPlugin[] {
  const node = entry === undefined ? null : toMapping(entry.value, 'plugins', report)
  const plugins: NamedPlugin[] = []
  for (const { key: name, keySpan: span, value } of node?.entries ?? []) {
    const plugin = readPlugin(name, span, value, report)
    if (plugin !== null) plugins.push({ name, plugin, span })
  }
  return plugins
}

function readPlugin(name: string, span: Span, value: Node, report: Report): Plugin | null {
  const node = toMapping(value, 'a plugin', report)
  if (node === null) return null
  const typeNode = child(node, 'type')
  const type = typeNode === null ? null : toText(typeNode, 'the type of a plugin', report)
  switch (type) {
    case null:
      if (typeNode === null)
        report.error(
          'MISSING_KEY',
          span,
          `Cannot find the type of the plugin ${quote(name)}`,
          'Write type: builtin, mock or module',
        )
      return null
    case 'builtin':
      fieldsOf(node, builtinShape, report)
      return { kind: 'builtin' }
    case 'mock':
      return { kind: 'mock', components: readMocks(fieldsOf(node, mockShape, report).get('components'), report) }
    case 'module': {
      const path = fieldsOf(node, moduleShape, report).get('path')
      if (path === undefined)
        report.error(
          'MISSING_KEY',
          span,
          `Cannot find the path of the module ${quote(name)}`,
          'Write path: ./components.ts',
        )
      const text = path === undefined ? null : toText(path.value, 'the path of a module', report)
      return text === null ? null : { kind: 'module', path: text }
    }
    default:
      report.warning(
        'UNSUPPORTED_PLUGIN',
        typeNode?.span ?? span,
        `Cannot run the plugin ${quote(name)}: its type ${quote(type)} is none of builtin, mock and module`,
        'Give its components as a module, or answer for them with --stubs FILE',
      )
      return { kind: 'unknown', type }
  }
}

const builtinShape: Shape = { what: 'a builtin plugin', keys: new Set(['type']) }
const moduleShape: Shape = { what: 'a module plugin', keys: new Set(['type', 'path']) }
const mockShape: Shape = { what: 'a mock plugin', keys: new Set(['type', 'components']) }
