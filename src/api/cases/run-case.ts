// Tries a case: runs its flow and compares what happened with what was expected.
import { dirname, resolve } from 'node:path'
import { isRecord, type Json, type JsonRecord } from '../../lib/json.ts'
import type { Problem } from '../../plan/problem.ts'
import type { RunEvent } from '../events.ts'
import { FlowProblems } from '../flow.ts'
import { Intake } from '../intake.ts'
import type { Host } from '../operation.ts'
import type { RunOutcome } from '../outcome.ts'
import { type GroundFlags, missingComponents, openOn, prepareFlow, prepareGround, readStubs } from '../prepare.ts'
import type { Report } from '../report.ts'
import type { Case, Expectation } from './case.ts'
import { matchAll, mismatch } from './match.ts'
import { isBefore, isTogether, type Spans, spansOf } from './step-spans.ts'

/** A case that hangs fails. */
const caseMsMax = 60_000

type Ran = { readonly outcome: RunOutcome; readonly report: Report; readonly spans: Spans }

/** What is not as expected; empty where all is. */
export async function runCase(given: Case, flags: GroundFlags, stubs: Json, host: Host): Promise<readonly string[]> {
  const { problems, ran } = await tryCase(given, flags, stubs, host)
  const { expect } = given
  const faults = expect.problems === undefined ? [] : matchAll(expect.problems, problems.map(toJson), 'problems')
  if (ran !== null) return [...faults, ...compare(expect, ran)]
  const isExpected = expect.problems !== undefined && expect.outcome === undefined && expect.result === undefined
  return isExpected ? faults : [...faults, ...problems.filter(({ severity }) => severity === 'error').map(whyNot)]
}

function whyNot({ code, message, span }: Problem): string {
  return `nothing ran: ${message} (${code}${span === null ? '' : `, line ${span.line}`})`
}

async function tryCase(
  given: Case,
  flags: GroundFlags,
  otherStubs: Json,
  host: Host,
): Promise<{ readonly problems: readonly Problem[]; readonly ran: Ran | null }> {
  const intake = new Intake(host)
  if ('problems' in given.flow) return { problems: given.flow.problems, ran: null }
  const folder = dirname(resolve(host.cwd, given.file))
  const config = flags.config ?? given.config
  const ground = await prepareGround(intake, folder, { ...flags, config }, host, given.configNames)
  const flow = await prepareFlow(intake, given.flow, ground, null, host)
  const stubsData = given.stubs ?? otherStubs
  const stubs = stubsData === null ? null : await readStubs(intake, stubsData, null, host)
  if (flow?.kind !== 'flow') return { problems: intake.problems, ran: null }
  const engine = await openOn(ground, { stubs, stubsOnly: false, allowNet: [], callsMax: null }, host)
  if (ground.isWhole && stubs?.isWhole !== false) intake.add(missingComponents(flow, engine.components, 'error'))
  try {
    if (intake.hasErrors) return { problems: intake.problems, ran: null }
    const { input, variables } = given
    const run = await engine.start(flow, { input, variables, timeoutMs: caseMsMax })
    const outcome = await run.result()
    const events: RunEvent[] = []
    for await (const event of run.events()) events.push(event)
    return { problems: intake.problems, ran: { outcome, report: await run.report(), spans: spansOf(events) } }
  } catch (error) {
    if (!(error instanceof FlowProblems)) throw error
    return { problems: [...intake.problems, ...error.problems], ran: null }
  } finally {
    await engine.close()
  }
}

function toJson({ code, severity, message, span, step, hint }: Problem): Json {
  return { code, severity, message, line: span?.line ?? null, column: span?.column ?? null, step, hint }
}

function compare(expect: Expectation, { outcome, report, spans }: Ran): readonly string[] {
  const actual = JSON.parse(JSON.stringify(outcome))
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
