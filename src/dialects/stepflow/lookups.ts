// Paths of references, as the author wrote them, with the lints about what can be read in two ways.
import { quote } from '../../lib/quote.ts'
import { type Lookup, type Path, WHOLE } from '../../plan/expr.ts'
import { describe, isNull, type Node, textOf } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { parsePath, printPath } from './paths.ts'

/** The lookup that `node` writes; absent or null: the whole value. A path that cannot be read is an error. */
export function lookupOf(node: Node | null, report: Report): Lookup {
  if (node === null || isNull(node)) return WHOLE
  const text = textOf(node)
  if (text === null) {
    const message = `Cannot use ${describe(node)} as a path: a path is text`
    report.error('INVALID_PATH', node.span, message, 'Write "$.name", or "$[0]" for the first item of a list')
    return WHOLE
  }
  const parsed = parsePath(text)
  if (parsed.kind === 'broken') {
    report.error('INVALID_PATH', node.span, parsed.message, parsed.hint)
    return WHOLE
  }
  if (parsed.isBareDotted) warnOfBare(node, text, report)
  return parsed.at
}

function warnOfBare(node: Node, text: string, report: Report): void {
  const message = `Cannot tell whether ${quote(text)} is one field or a path: it is tried as one field first`
  report.warning('BARE_PATH', node.span, message, `Write "$.${text}" for the path, or $["${text}"] for the one field`)
}

/** What a component that loads a file answers with: the content stands in `data`. */
const wrapper: ReadonlySet<unknown> = new Set(['data', 'metadata'])

/** `at` in the output of a step that loaded a file: what is not found there is looked for in the content. */
export function lookupInFile(at: Lookup, span: Node, report: Report): Lookup {
  const inside = at.paths.filter((path) => path.length > 0 && !wrapper.has(path[0]))
  const [first] = inside
  if (first === undefined) return at
  const full: Path = ['data', ...(inside.at(-1) ?? first)]
  const message = `Cannot be sure of the path ${quote(at.text)}: load_file gives { data, metadata }, so it is looked for in data too`
  report.warning('FILE_CONTENT_PATH', span.span, message, `Write path: ${quote(printPath(full))}`)
  return { ...at, paths: [...at.paths, ...inside.map((path) => ['data', ...path])] }
}
