// `${NAME}` and `${NAME:-default}` in the texts of a configuration.
import { unreachable } from '../../lib/assert.ts'
import type { Node } from '../../source/node.ts'
import { plainValue } from '../../source/plain.ts'
import type { Report } from '../../source/report.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/** `node` with the variables of `env` in its texts, keys aside. An unquoted text is typed after that, as if it had been written. */
export function withEnvironment(node: Node, env: Environment, report: Report): Node {
  switch (node.kind) {
    case 'scalar': {
      if (typeof node.value !== 'string' || !node.value.includes('${')) return node
      const text = node.value.replaceAll(reference, (written, name: string, fallback: string | undefined) => {
        const value = Object.hasOwn(env, name) && env[name] !== '' ? env[name] : fallback
        if (value === undefined) refuseUnset(name, node, report)
        return value ?? written
      })
      return { ...node, value: node.style === 'plain' ? plainValue(text) : text }
    }
    case 'list':
      return { ...node, items: node.items.map((item) => withEnvironment(item, env, report)) }
    case 'map':
      return {
        ...node,
        entries: node.entries.map((entry) => ({ ...entry, value: withEnvironment(entry.value, env, report) })),
      }
    default:
      return unreachable(node)
  }
}

function refuseUnset(name: string, { span }: Node, report: Report): void {
  const message = `Cannot find the environment variable ${name}`
  report.error('UNSET_ENVIRONMENT', span, message, `Set it, or write \${${name}:-default}`)
}
