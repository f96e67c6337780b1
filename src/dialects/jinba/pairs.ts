// The parameters of a tool and its settings: a list of `{ name, value }`, or a mapping as a short form of it.
import { quote } from '../../lib/quote.ts'
import { fieldsOf, toMapping, toText } from '../../source/fields.ts'
import type { Entry, Node } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { pairShape } from './shapes.ts'

export type Pair = { readonly name: string; readonly nameNode: Pick<Node, 'span'>; readonly value: Node | null }

/** The pairs in the order of the text. A name that is there twice is an error, and its first value stays. */
export function pairsOf(entry: Entry | undefined, report: Report): readonly Pair[] {
  if (entry === undefined) return []
  const { value: node, key } = entry
  const pairs =
    node.kind === 'list'
      ? node.items.flatMap((item) => pairOf(item, report))
      : (toMapping(node, `${key} is a list of { name, value }, or`, report)?.entries ?? []).map(
          ({ key: name, keySpan, value }) => ({ name, nameNode: { span: keySpan }, value }),
        )
  const byName = new Map<string, Pair>()
  for (const pair of pairs) {
    if (!byName.has(pair.name)) byName.set(pair.name, pair)
    else
      report.error(
        'DUPLICATE_KEY',
        pair.nameNode.span,
        `Cannot use the parameter ${quote(pair.name)} twice`,
        'Remove one of them',
      )
  }
  return [...byName.values()]
}

function pairOf(item: Node, report: Report): readonly Pair[] {
  const node = toMapping(item, 'a parameter, { name: …, value: … },', report)
  if (node === null) return []
  const fields = fieldsOf(node, pairShape, report)
  const nameNode = fields.get('name')?.value
  if (nameNode === undefined) {
    report.error('MISSING_KEY', node.span, 'Cannot find the name of this parameter', 'Write { name: …, value: … }')
    return []
  }
  const name = toText(nameNode, 'the name of a parameter', report)
  return name === null ? [] : [{ name, nameNode, value: fields.get('value')?.value ?? null }]
}
