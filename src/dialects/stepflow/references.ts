// References: the mappings that stand for a value from elsewhere. A broken one is an error and reads as null.
import { refuseUnknownStep } from '../needs.ts'
import { didYouMean } from '../../lib/did-you-mean.ts'
import { quote } from '../../lib/quote.ts'
import { type Expr, type OutputRef, WHOLE } from '../../plan/expr.ts'
import { toChoice } from '../../source/fields.ts'
import { child, describe, type Entry, type MapNode, type Node, textOf } from '../../source/node.ts'
import { lookupInFile, lookupOf } from './lookups.ts'
import { parsePath } from './paths.ts'
import { type Compile, inDefault, noteLazy, noteSkipping, nothing, type Scope } from './scope.ts'
import { siblingsOf } from './siblings.ts'

type Siblings = ReadonlyMap<string, Entry>

const skipKeys = ['$on_skip', 'onSkip', 'on_skip', '$default'] as const

/** `{ $step: id, path? }`. */
export function compileStep(node: MapNode, main: Entry, scope: Scope, compile: Compile): Expr {
  noteLazy(scope.names.marks, main.keySpan)
  const siblings = siblingsOf(node, main, ['path', ...skipKeys], scope.report)
  return readStep(main.value, siblings, scope, compile)
}

/** `{ $input: path }`. */
export function compileInput(node: MapNode, main: Entry, scope: Scope): Expr {
  noteLazy(scope.names.marks, main.keySpan)
  siblingsOf(node, main, [], scope.report)
  return { kind: 'input', at: lookupOf(main.value, scope.report) }
}

/** `{ $item: path }`: of a loop. */
export function compileItem(node: MapNode, main: Entry, scope: Scope): Expr {
  siblingsOf(node, main, [], scope.report)
  requireLoop(main, scope)
  return { kind: 'item', at: lookupOf(main.value, scope.report) }
}

/** `{ $index: true }`: of a loop, counted from 0. */
export function compileIndex(node: MapNode, main: Entry, scope: Scope): Expr {
  siblingsOf(node, main, [], scope.report)
  requireLoop(main, scope)
  const isTrue = main.value.kind === 'scalar' && main.value.value === true
  if (!isTrue) refuse(main.value, `Cannot use ${describe(main.value)} as $index`, 'Write { $index: true }', scope)
  return { kind: 'index' }
}

function requireLoop({ key, keySpan }: Entry, { isInLoop, report }: Scope): void {
  if (isInLoop) return
  report.error('ITEM_OUTSIDE_LOOP', keySpan, `Cannot use ${key} here: there is no loop`, 'Give the step a forEach')
}

/** `{ $variable: path, default? }`: the first name of the path is the variable's. */
export function compileVariable(node: MapNode, main: Entry, scope: Scope, compile: Compile): Expr {
  noteLazy(scope.names.marks, main.keySpan)
  const siblings = siblingsOf(node, main, ['default'], scope.report)
  const text = textOf(main.value)
  if (text === null)
    return refuse(main.value, `Cannot use ${describe(main.value)} as a variable`, 'Write its name', scope)
  const fallback = defaultOf(siblings.get('default') ?? null, scope, compile)
  if (scope.names.variables?.has(text) === true) return { kind: 'variable', name: text, at: WHOLE, otherwise: fallback }
  const parsed = parsePath(text)
  const [name, ...rest] = parsed.kind === 'broken' ? [] : (parsed.at.paths.at(-1) ?? [])
  if (typeof name !== 'string')
    return refuse(
      main.value,
      `Cannot find the name of a variable in ${quote(text)}`,
      'Write "name", or "$.name.field"',
      scope,
    )
  noteVariable(name, main.value, fallback !== null, scope)
  return { kind: 'variable', name, at: rest.length === 0 ? WHOLE : { paths: [rest], text }, otherwise: fallback }
}

/** `{ $from: { step | workflow | variable }, path? }`. */
export function compileFrom(node: MapNode, main: Entry, scope: Scope, compile: Compile): Expr {
  noteSkipping(scope.names.marks, main.keySpan)
  const siblings = siblingsOf(node, main, ['path', ...skipKeys], scope.report)
  const from = main.value
  const [source] = from.kind === 'map' ? from.entries.filter(({ key }) => sources.has(key)) : []
  if (from.kind !== 'map' || source === undefined) {
    const name = textOf(from)
    const hint =
      name === null || name === 'input'
        ? 'Write { step: id }, { workflow: input } or { variable: name }'
        : `Write { step: ${name} }`
    return refuse(from, `Cannot read from ${describe(from)}`, hint, scope)
  }
  const inner = siblingsOf(from, source, source.key === 'variable' ? ['default'] : [], scope.report)
  switch (source.key) {
    case 'step':
      return readStep(source.value, siblings, scope, compile)
    case 'variable':
      return readVariable(source.value, siblings, inner, scope, compile)
    default:
      return readInput(source, siblings, scope)
  }
}

/** `$input` inside `$from` is how the first files wrote `workflow: input`. */
const sources: ReadonlySet<string> = new Set(['step', 'workflow', 'variable', '$input'])

function readInput(source: Entry, siblings: Siblings, scope: Scope): Expr {
  if (source.key === '$input')
    scope.report.warning(
      'OLDER_SPELLING',
      source.keySpan,
      'An older spelling of { workflow: input }',
      'Write { $from: { workflow: input } }',
    )
  else if (textOf(source.value) !== 'input')
    return refuse(
      source.value,
      `Cannot read ${describe(source.value)} of the workflow`,
      'Write { workflow: input }',
      scope,
    )
  return { kind: 'input', at: lookupOf(siblings.get('path')?.value ?? null, scope.report) }
}

function readVariable(nameNode: Node, siblings: Siblings, inner: Siblings, scope: Scope, compile: Compile): Expr {
  const name = textOf(nameNode)
  if (name === null) return refuse(nameNode, `Cannot use ${describe(nameNode)} as a variable`, 'Write its name', scope)
  const otherwise = defaultOf(inner.get('default') ?? null, scope, compile)
  noteVariable(name, nameNode, otherwise !== null, scope)
  return { kind: 'variable', name, at: lookupOf(siblings.get('path')?.value ?? null, scope.report), otherwise }
}

function noteVariable(name: string, { span }: Node, hasDefault: boolean, { names, report }: Scope): void {
  const { variables, marks } = names
  if (variables === null) marks.undeclared ??= span
  else if (!variables.has(name)) {
    const hint = (): string => {
      const meant = didYouMean(name, variables.keys())
      return meant === null ? 'Declare it under schemas.properties.variables' : `Did you mean ${quote(meant)}?`
    }
    report.error('UNDEFINED_VARIABLE', span, `Cannot find the variable ${quote(name)}`, hint, hasDefault ? 2004 : 2005)
  }
}

function readStep(nameNode: Node, siblings: Siblings, scope: Scope, compile: Compile): Expr {
  const { names, report, self, place } = scope
  const name = textOf(nameNode)
  const ifSkipped = ifSkippedOf(siblings, scope, compile)
  const pathNode = siblings.get('path')?.value ?? null
  const at = lookupOf(pathNode, report)
  if (name === null)
    return refuse(nameNode, `Cannot use ${describe(nameNode)} as the id of a step`, 'Write its id as text', scope)
  const of = names.steps.get(name)
  if (of === undefined) refuseUnknownStep(name, nameNode, names.steps, report)
  else if (of === self)
    report.error('SELF_REFERENCE', nameNode.span, `Cannot read step ${quote(name)} in itself`, null, 3002)
  if (of === undefined || of === self) return nothing
  scope.reads.push(of)
  const isInFile = names.loadsFile.has(of) && pathNode !== null
  return {
    kind: 'output',
    of,
    at: isInFile ? lookupInFile(at, pathNode, report) : at,
    ifSkipped,
    ifFailed: place.ifFailed,
    nullHasAllPaths: true,
  }
}

/** Whether to stand in for a skipped step. */
const skipActions: ReadonlyMap<string, boolean> = new Map([
  ['use_default', true],
  ['skip_step', false],
  ['skip', false],
])

function ifSkippedOf(siblings: Siblings, scope: Scope, compile: Compile): OutputRef['ifSkipped'] {
  const { report, place, names } = scope
  const written = skipKeys.map((key) => siblings.get(key)).find((entry) => entry !== undefined)
  if (written === undefined) return place.ifSkipped
  noteSkipping(names.marks, written.keySpan)
  const { key, keySpan, value } = written
  if (key === 'on_skip')
    report.warning('OLDER_SPELLING', keySpan, '"on_skip" is another spelling of "onSkip"', 'Write onSkip')
  if (key === '$default') {
    report.warning('LOST_KEY', keySpan, 'Cannot use $default alone: it has no effect', 'Add $on_skip: use_default')
    return place.ifSkipped
  }
  const action = child(value, 'action') ?? value
  const usesDefault = toChoice(action, 'what to do on a skip', skipActions, report)
  const given = siblings.get('$default')?.value ?? child(value, 'defaultValue') ?? child(value, 'default_value')
  return usesDefault === true
    ? given === null
      ? nothing
      : compile(given, { ...scope, place: inDefault(place) })
    : place.ifSkipped
}

function defaultOf(entry: Entry | null, scope: Scope, compile: Compile): Expr | null {
  return entry === null ? null : compile(entry.value, { ...scope, place: inDefault(scope.place) })
}

function refuse({ span }: Node, message: string, hint: string, { report }: Scope): Expr {
  report.error('INVALID_REFERENCE', span, message, hint)
  return nothing
}
