// What the names in a template stand for: `steps.ID.result`, `inputs.NAME`, `secrets.KEY`, `item`, `index`, `loop`.
import { didYouMean } from '../../lib/did-you-mean.ts'
import { quote } from '../../lib/quote.ts'
import { type Expr, type Lookup, type OutputRef, type Read, type StepIndex, WHOLE } from '../../plan/expr.ts'
import type { Span } from '../../plan/problem.ts'
import { refuseUnknownStep } from '../needs.ts'
import type { StepHead } from './heads.ts'
import type { Scope } from './scope.ts'
import { isInputTool } from './tools.ts'

type Path = readonly (string | number)[]

/** What a name with what follows it stands for; `null` where it stands for nothing, which is undefined when it runs. */
export function readOf(path: Path, span: Span, scope: Scope): Read | null {
  const name = String(path[0])
  switch (name) {
    case 'steps':
      return readStep(path, span, scope)
    case 'inputs':
      return readInput(path, scope)
    case 'secrets':
      return readSecret(path, span, scope)
    case 'item':
    case 'index':
    case 'loop':
      return readLoop(name, span, scope)
    default:
      warnOfUnknown(name, span, scope)
      return null
  }
}

const roots = ['steps', 'inputs', 'secrets', 'item', 'index', 'loop']

function warnOfUnknown(name: string, span: Span, { report, names }: Scope): void {
  const hint = (): string => {
    if (names.steps.has(name)) return `Did you mean steps.${name}.result?`
    const meant = didYouMean(name, roots)
    return meant === null ? `Templates know: ${roots.join(', ')}` : `Did you mean ${meant}?`
  }
  report.warning('UNKNOWN_NAME', span, `Cannot find ${quote(name)}: it is undefined`, hint)
}

function readStep(path: Path, span: Span, scope: Scope): Read | null {
  const { names, report, self } = scope
  const [, id, field] = path
  if (typeof id !== 'string') {
    report.error(
      'INVALID_REFERENCE',
      span,
      'Cannot tell which step is read: its id must be written out',
      'Write steps.ID.result',
    )
    return null
  }
  const of = names.steps.get(id)
  if (of === undefined) {
    refuseUnknownStep(id, { span }, names.steps, report)
    return null
  }
  if (of === self.index) {
    report.error('SELF_REFERENCE', span, `Cannot read step ${quote(id)} in itself`, null)
    return null
  }
  scope.reads.push(of)
  if (field === 'result') return readResult(id, of, path[3])
  if (field === 'status') return { path: ['steps', id, 'status'], value: { kind: 'state', of, field: 'status' } }
  if (field === 'error') return { path: ['steps', id, 'error'], value: errorOf(of) }
  if (field !== undefined) warnOfUnknownField(id, String(field), span, scope)
  return { path: ['steps', id], value: wholeOf(of) }
}

function readResult(id: string, of: StepIndex, next: string | number | undefined): Read {
  if (next !== 'output') return { path: ['steps', id, 'result'], value: resultOf(of, WHOLE) }
  // Older pages read what a tool gave as `.output` of its result.
  return { path: ['steps', id, 'result', 'output'], value: resultOf(of, { paths: [['output'], []], text: 'output' }) }
}

function resultOf(of: StepIndex, at: Lookup): OutputRef {
  return { kind: 'output', of, at, ifSkipped: 'undefined', ifFailed: 'undefined', nullHasAllPaths: true }
}

/** An error as it was published, beside its code. */
function errorOf(of: StepIndex): Expr {
  return { kind: 'state', of, field: 'error' }
}

function wholeOf(of: StepIndex): Expr {
  return {
    kind: 'record',
    entries: [
      ['result', resultOf(of, WHOLE)],
      ['status', { kind: 'state', of, field: 'status' }],
      ['error', errorOf(of)],
    ],
  }
}

const stepFields = ['result', 'status', 'error']

function warnOfUnknownField(id: string, field: string, span: Span, { report }: Scope): void {
  const meant = didYouMean(field, stepFields)
  report.warning(
    'UNKNOWN_NAME',
    span,
    `Cannot find ${quote(field)} of step ${quote(id)}: it is undefined`,
    `Did you mean steps.${id}.${meant ?? `result.${field}`}?`,
  )
}

/** An argument; for a parameter of the flow, what its step gives. */
function readInput(path: Path, scope: Scope): Read {
  const [, name] = path
  const of = typeof name === 'string' ? scope.names.steps.get(name) : undefined
  const head = of === undefined ? undefined : scope.names.heads[of]
  scope.names.inputs.add(typeof name === 'string' ? name : null)
  if (typeof name !== 'string' || head === undefined || !isParameter(head, scope.self))
    return { path: ['inputs'], value: { kind: 'input', at: WHOLE } }
  scope.reads.push(head.index)
  return { path: ['inputs', name], value: resultOf(head.index, WHOLE) }
}

function isParameter(head: StepHead, self: StepHead): boolean {
  return isInputTool(head.tool) && head.index !== self.index
}

function readSecret(path: Path, span: Span, { names, report, isConfig }: Scope): Read | null {
  const [, name] = path
  if (typeof name !== 'string') {
    report.error('INVALID_REFERENCE', span, 'Cannot tell which secret is read', 'Write secrets.NAME')
    return null
  }
  names.secrets.add(name)
  if (!isConfig)
    report.warning(
      'SECRET_OUTSIDE_CONFIG',
      span,
      `The secret ${quote(name)} is used outside config: the tool, and whoever it talks to, may keep it`,
      'Move it to config, if the tool takes it there',
    )
  return { path: ['secrets', name], value: { kind: 'variable', name, at: WHOLE, otherwise: null } }
}

function readLoop(name: 'item' | 'index' | 'loop', span: Span, { isInLoop, report }: Scope): Read | null {
  if (!isInLoop) {
    report.warning(
      'UNKNOWN_NAME',
      span,
      `Cannot find ${quote(name)} here: there is no loop, so it is undefined`,
      'Add forEach to the step',
    )
    return null
  }
  return { path: [name], value: name === 'item' ? { kind: 'item', at: WHOLE } : { kind: name } }
}
