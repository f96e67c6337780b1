// YAML 1.2 (core schema) or JSON, which is a part of it, to trees. No tags, no merge keys, unique keys, all bounded.
// A tree may come with problems, so that whoever reads it can find more; it counts only where none of them is an error.
import { type Event, parseEvents, YAMLException } from 'js-yaml'
import type { Problem } from '../plan/problem.ts'
import { SOURCE_BOUNDS, type SourceBounds } from './bounds.ts'
import { buildTrees } from './build.ts'
import { explainSyntax } from './explain-syntax.ts'
import { NOWHERE, type Node, type Source } from './node.ts'
import { createPlaces } from './places.ts'
import { Report } from './report.ts'
import { scan } from './scan.ts'

/** A document and what is wrong with its text. `root` is `null` where nothing could be read. */
export type ReadSource = { readonly root: Node | null; readonly problems: readonly Problem[] }
/** The documents of a text, `---` between them, and what is wrong with it. */
export type ReadDocuments = { readonly roots: readonly Node[]; readonly problems: readonly Problem[] }

/** The one document of `source`. */
export function readSource(source: Source, bounds: SourceBounds = SOURCE_BOUNDS): ReadSource {
  const report = Report.of(source.file)
  const [root, second] = readAll(source.text, bounds, report)
  if (second !== undefined)
    report.error(
      'SOURCE_DOCUMENTS',
      second.span,
      'Cannot read a second document here',
      'Put each document into a file of its own',
    )
  if (root === undefined && !report.hasErrors)
    report.error('SOURCE_EMPTY', NOWHERE, 'Cannot find anything to read: the text is empty')
  return { root: root ?? null, problems: report.list() }
}

/** All documents of `source`; a text without any has none. */
export function readDocuments(source: Source, bounds: SourceBounds = SOURCE_BOUNDS): ReadDocuments {
  const report = Report.of(source.file)
  return { roots: readAll(source.text, bounds, report), problems: report.list() }
}

function readAll(text: string, bounds: SourceBounds, report: Report): Node[] {
  if (!scan(text, bounds, report)) return []
  const events = eventsOf(text, bounds, report)
  return events === null ? [] : buildTrees(text, events, bounds, report)
}

/** What the parser counts beyond collections: a scalar, and a mapping that it only tries. `buildTrees` counts exactly. */
const parserDepth = 3

function eventsOf(text: string, bounds: SourceBounds, report: Report): readonly Event[] | null {
  try {
    return parseEvents(text, { maxDepth: bounds.sourceDepthMax + parserDepth })
  } catch (error) {
    if (!(error instanceof YAMLException) || error.mark === undefined) throw error
    const { code, message, hint, start, end } = explainSyntax(text, error.reason, error.mark.position, bounds)
    report.error(code, createPlaces(text).spanAt(start, end), message, hint)
    return null
  }
}
