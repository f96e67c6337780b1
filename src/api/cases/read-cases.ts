// The cases of files: each document of a case file is one, and a flow may have some of its own.
import { dirname, join } from 'node:path'
import { isRecord, type Json } from '../../lib/json.ts'
import { hasErrors } from '../../plan/problem.ts'
import { child, type Node, type Source, textOf } from '../../source/node.ts'
import { readDocuments, readSource } from '../../source/read.ts'
import { toJson } from '../../source/to-json.ts'
import { Intake } from '../intake.ts'
import type { NamedConfig } from '../config.ts'
import type { Host } from '../operation.ts'
import type { Found } from '../walk.ts'
import { type Case, toExpectation } from './case.ts'

/** A case that cannot even be tried. */
export type BrokenCase = {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly broken: string
}

const KEYS: ReadonlySet<string> = new Set(
  'name description rule flow file input inputs variables overrides config stubs expect'.split(' '),
)

/** The cases in a file. A file that was found in a folder, and is neither cases nor a flow, has none. */
export async function readCases({ file, isInFolder }: Found, host: Host): Promise<readonly (Case | BrokenCase)[]> {
  const intake = new Intake(host)
  const source = await intake.source(file)
  const { roots, problems } = source === null ? { roots: [], problems: intake.problems } : readDocuments(source)
  const fault = [...intake.problems, ...problems].find(({ severity }) => severity === 'error')
  if (fault !== undefined) return [{ name: 'can be read', file, line: fault.span?.line ?? 1, broken: fault.message }]
  if (source === null) return []
  const cases: (Case | BrokenCase)[] = []
  for (const root of roots) {
    if (isCase(root)) cases.push(await caseOf(root, source, file, host))
    else cases.push(...casesOfFlow(root, source, file, host))
  }
  if (cases.length > 0 || isInFolder) return cases
  return [
    {
      name: 'has cases',
      file,
      line: 1,
      broken: 'Cannot find a case: expected { name, flow, expect }, or a flow with a test section',
    },
  ]
}

function isCase(root: Node): boolean {
  return child(root, 'flow') !== null || (child(root, 'file') !== null && child(root, 'name') !== null)
}

async function caseOf(root: Node, source: Source, file: string, host: Host): Promise<Case | BrokenCase> {
  const name = textOf(child(root, 'name')) ?? 'without a name'
  const at = { name, file, line: root.span.line }
  const data = toJson(root)
  if (!isRecord(data)) return { ...at, broken: 'Cannot read this case: it is not a mapping' }
  const unknown = Object.keys(data).find((key) => !KEYS.has(key))
  if (unknown !== undefined)
    return { ...at, broken: `Cannot use the key "${unknown}": a case has ${[...KEYS].join(', ')}` }
  const expect = toExpectation(data['expect'] ?? null)
  if (typeof expect === 'string') return { ...at, broken: expect }
  if ((data['inputs'] === undefined) !== (expect.outcomes === undefined))
    return { ...at, broken: 'Cannot use "inputs" without "expect.outcomes", or the other way round' }
  const { input = {}, inputs = null, variables = {}, stubs = null, overrides = null } = data
  if (!isRecord(variables)) return { ...at, broken: 'Cannot use "variables": it is not a mapping' }
  if (inputs !== null && !Array.isArray(inputs)) return { ...at, broken: 'Cannot use "inputs": it is not a list' }
  const flow = await flowOf(root, source, name, host)
  return {
    ...at,
    rules: textsOf(data['rule'] ?? null),
    flow,
    input,
    inputs,
    variables,
    stubs,
    overrides,
    expect,
    config: configOf(root, source),
    configNames: host.parts.configNames,
  }
}

/** A configuration in the case, or the path of one from there. */
function configOf(root: Node, source: Source): NamedConfig | null {
  const config = child(root, 'config')
  if (config === null) return null
  const path = textOf(config)
  return path === null ? { root: config, source } : join(dirname(source.file ?? '.'), path)
}

/** One text or several. */
function textsOf(data: Json): readonly string[] {
  return (Array.isArray(data) ? data : [data]).filter((item) => typeof item === 'string')
}

/** The flow as text, as a mapping in its place, or in a file beside the case. */
async function flowOf(root: Node, source: Source, name: string, host: Host): Promise<Case['flow']> {
  const flow = child(root, 'flow')
  if (flow !== null && textOf(flow) === null) return { root: flow, source }
  const file = textOf(child(root, 'file'))
  const intake = new Intake(host)
  const given =
    flow !== null
      ? { text: textOf(flow) ?? '', file: `the flow of "${name}"` }
      : await intake.source(join(dirname(source.file ?? '.'), file ?? ''))
  const read = given === null ? null : readSource(given)
  const problems = [...intake.problems, ...(read?.problems ?? [])]
  return given === null || read === null || read.root === null || hasErrors(problems)
    ? { problems }
    : { root: read.root, source: given, warnings: problems }
}

function casesOfFlow(root: Node, source: Source, file: string, { parts }: Host): readonly (Case | BrokenCase)[] {
  const dialect = parts.dialects.find((candidate) => candidate.recognises(root))
  const named = parts.testConfigOf(root)
  const config =
    named?.kind === 'file' ? join(dirname(file), named.path) : named === null ? null : { root: named.root, source }
  const rule = child(root, 'x-rule')
  const shared = {
    file,
    line: root.span.line,
    rules: textsOf(rule === null ? null : toJson(rule)),
    flow: { root, source },
    config,
    configNames: parts.testConfigNames,
  }
  return (dialect?.casesOf(root) ?? []).map((data) => caseOfFlow(data, shared))
}

type Shared = Pick<Case, 'file' | 'line' | 'rules' | 'flow' | 'config' | 'configNames'>

function caseOfFlow(data: Json, shared: Shared): Case | BrokenCase {
  const { name: given = null, input = {}, stubs = null, expect: expected = null } = isRecord(data) ? data : {}
  const name = typeof given === 'string' ? given : 'without a name'
  const expect = expected === null ? null : toExpectation(expected)
  if (typeof expect === 'string') return { name, file: shared.file, line: shared.line, broken: expect }
  return { ...shared, name, input, inputs: null, variables: {}, stubs, overrides: null, expect }
}
