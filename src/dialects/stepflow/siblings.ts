// Keys beside the key that makes a mapping a reference. Upstream drops what it does not expect; here it is pointed out.
import { quote } from '../../lib/quote.ts'
import type { Entry, MapNode } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'

const none: ReadonlyMap<string, Entry> = new Map()

/** The entries of `node` that `main` uses, by key. Each other one is a lint: it has no effect. */
export function siblingsOf(
  node: MapNode,
  main: Entry,
  used: readonly string[],
  report: Report,
): ReadonlyMap<string, Entry> {
  if (node.entries.length === 1) return none
  const siblings = new Map<string, Entry>()
  for (const entry of node.entries)
    if (used.includes(entry.key)) siblings.set(entry.key, entry)
    else if (entry !== main) warnOfLost(entry, main.key, report)
  return siblings
}

const inputDefaults = 'Give the input a default in its schema: schemas: { properties: { input: … } }'
const stepDefaults =
  'A step that was skipped has one by $on_skip: use_default and $default, null by $coalesce; a path that is not there has none'

function warnOfLost({ key, keySpan }: Entry, main: string, report: Report): void {
  const message = `Cannot use the key ${quote(key)} beside ${quote(main)}: it has no effect there`
  report.warning('LOST_KEY', keySpan, message, hintOn(key, main))
}

function hintOn(key: string, main: string): string {
  if (key === 'path') return main.startsWith('$') ? `Write { ${main}: path }` : 'Write path beside $from'
  if (key === 'default') return main === '$input' ? inputDefaults : stepDefaults
  return 'Remove it, or give the reference a key of its own'
}
