// Tries a case: runs its flow and compares what happened with what was expected.
import { dirname, resolve } from 'node:path'
import { isRecord, type Json, type JsonRecord } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import type { Problem } from '../../plan/problem.ts'
import type { RunEvent } from '../events.ts'
import { FlowProblems } from '../flow.ts'
import { Intake, type Tree } from '../intake.ts'
import type { OpenedEngine } from '../open-engine.ts'
import type { Host } from '../operation.ts'
import type { RunOutcome } from '../outcome.ts'
import {
  applyOverrides,
  type GroundFlags,
  missingComponents,
  openOn,
  prepareFlow,
  prepareGround,
  readStubs,
} from '../prepare.ts'
import type { Report } from '../report.ts'
import type { Run } from '../run-handle.ts'
import type { Case, Expectation } from './case.ts'
import { matchAll, mismatch } from './match.ts'
import { isBefore, isTogether, spansOf } from './step-spans.ts'

/** A case that hangs fails. */
const caseMsMax = 60_000

type Ran = { readonly outcome: RunOutcome; readonly report: Report; readonly events: readonly RunEvent[] }
/** A run for each input; none where something is wrong before. */
type Tried = { readonly problems: readonly Problem[]; readonly runs: readonly Ran[] | null }

/** What is not as expected; empty where all is. */
export async function runCase(given: Case, flags: GroundFlags, stubs: Json, host: Host): Promise<readonly string[]> {
  const { problems, runs } = await tryCase(given, flags, stubs, host)
  const { expect } = given
  if (expect === null) return [...problems.filter(({ severity }) => severity === 'error').map(whyNot), ...untold(runs)]
  const faults = [
    ...(expect.problems === undefined ? [] : matchAll(expect.problems, problems.map(toJson), 'problems')),
    ...foundAnywhere(expect.hides ?? [], JSON.stringify([problems, runs])),
  ]
  if (runs !== null) return [...faults, ...compareRuns(expect, given.inputs !== null, runs)]
  return expect.problems !== undefined && !expectsRun(expect)
    ? faults
    : [...faults, ...problems.filter(({ severity }) => severity === 'error').map(whyNot)]
}

/** Whoever wrote the case may want to write down what came out. */
function untold(runs: readonly Ran[] | null): readonly string[] {
  return (runs ?? []).map(({ outcome }) => `the case has no output to compare with: ${JSON.stringify(outcome)}`)
}

/** Whether something is expected that only a run can show. */
function expectsRun({ outcome, outcomes, result, error, steps, order, together, warnings }: Expectation): boolean {
  const parts = [outcome, outcomes, result, error, warnings]
  const shown = [...Object.keys(steps ?? {}), ...(order ?? []), ...(together ?? [])]
  return shown.length > 0 || parts.some((part) => part !== undefined)
}

function whyNot({ code, message, span }: Problem): string {
  return `nothing ran: ${message} (${code}${span === null ? '' : `, line ${span.line}`})`
}

function foundAnywhere(hides: readonly string[], all: string): readonly string[] {
  return hides.filter((text) => all.includes(text)).map((text) => `hides: ${quote(text)} is shown`)
}

async function tryCase(given: Case, flags: GroundFlags, otherStubs: Json, host: Host): Promise<Tried> {
  const intake = new Intake(host)
  if ('problems' in given.flow) return { problems: given.flow.problems, runs: null }
  const folder = dirname(resolve(host.cwd, given.file))
  const config = flags.config ?? given.config
  const ground = await prepareGround(intake, folder, { ...flags, config }, host, given.configNames)
  const tree = await patched(intake, given.flow, given.overrides, host)
  const flow = tree === null ? null : await prepareFlow(intake, tree, ground, null, host)
  const stubsData = given.stubs ?? otherStubs
  const stubs = stubsData === null ? null : await readStubs(intake, stubsData, null, host)
  if (flow === null) return { problems: intake.problems, runs: null }
  const engine = await openOn(ground, { stubs, stubsOnly: false, allowNet: [], callsMax: null }, host)
  if (ground.isWhole && stubs?.isWhole !== false)
    intake.add(missingComponents(flow, engine.components, 'error', host.parts))
  try {
    if (intake.hasErrors || flow.kind === 'problems') return { problems: intake.problems, runs: null }
    const runs = await runAll(given, (options) => engine.start(flow, options))
    return { problems: intake.problems, runs }
  } catch (error) {
    if (!(error instanceof FlowProblems)) throw error
    return { problems: [...intake.problems, ...error.problems], runs: null }
  } finally {
    await engine.close()
  }
}

async function patched(intake: Intake, tree: Tree, overrides: Json, { parts }: Host): Promise<Tree | null> {
  if (overrides === null) return tree
  const root = await applyOverrides(intake, tree.root, overrides, null, parts)
  return root === null ? null : { ...tree, root }
}

type Start = (options: Parameters<OpenedEngine['start']>[1]) => Promise<Run>

function runAll({ input, inputs, variables }: Case, start: Start): Promise<readonly Ran[]> {
  return Promise.all((inputs ?? [input]).map((one) => runToEnd(start, { input: one, variables, timeoutMs: caseMsMax })))
}

async function runToEnd(start: Start, options: Parameters<Start>[0]): Promise<Ran> {
  const run = await start(options)
  const outcome = await run.result()
  const events: RunEvent[] = []
  for await (const event of run.events()) events.push(event)
  return { outcome, report: await run.report(), events }
}

function toJson({ code, severity, message, span, step, hint }: Problem): Json {
  return { code, severity, message, line: span?.line ?? null, column: span?.column ?? null, step, hint }
}

/** What is expected of one run is no matter of a batch. */
function compareRuns(expect: Expectation, isBatch: boolean, runs: readonly Ran[]): readonly string[] {
  const [only] = runs
  if (!isBatch) return only === undefined ? [] : compare(expect, only)
  const outcomes: Json = JSON.parse(JSON.stringify(runs.map(({ outcome }) => outcome)))
  const fault = mismatch(expect.outcomes ?? [], outcomes, 'outcomes')
  return fault === null ? [] : [fault]
}

function compare(expect: Expectation, { outcome, report, events }: Ran): readonly string[] {
  const actual = JSON.parse(JSON.stringify(outcome))
  const spans = spansOf(events)
  const faults: (string | null)[] = [
    ...(['outcome', 'result', 'error'] as const).map((part) =>
      expect[part] === undefined ? null : mismatch(expect[part], actual[part], part),
    ),
    ...Object.entries(expect.steps ?? {}).map(([id, expected]) => matchStep(id, expected, report)),
    ...(expect.order ?? []).map(([a, b]) =>
      isBefore(spans, a, b) ? null : `order: ${a} did not end before ${b} started`,
    ),
    ...(expect.together ?? []).map(([a, b]) =>
      isTogether(spans, a, b) ? null : `together: ${a} and ${b} did not run at the same time`,
    ),
    ...(expect.warnings === undefined ? [] : matchAll(expect.warnings, report.run.warnings, 'warnings')),
  ]
  const found = faults.filter((fault) => fault !== null)
  // Why it failed is what somebody wants to know whose expectation was another.
  return found.length > 0 && outcome.outcome === 'failed' && expect.outcome !== 'failed'
    ? [
        ...found,
        `the run failed: ${outcome.error.code}: ${outcome.error.message}${outcome.error.step === undefined ? '' : `, in step ${outcome.error.step}`}`,
      ]
    : found
}

function matchStep(id: string, expected: Json, { steps }: Report): string | null {
  const step = steps.find((one) => one.id === id)
  if (step === undefined) return `steps.${id}: the flow has no such step`
  const wanted = isRecord(expected) ? withCause(expected) : { status: expected }
  return mismatch(wanted, JSON.parse(JSON.stringify(step)), `steps.${id}`)
}

/** A cause may be given by its kind. */
function withCause(expected: JsonRecord): JsonRecord {
  const { cause } = expected
  return typeof cause === 'string' ? { ...expected, cause: { kind: cause } } : expected
}
