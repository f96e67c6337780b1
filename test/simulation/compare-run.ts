// A run beside what the oracle says of it: each step, each item, and the end.
// Left out is what the world decides and the oracle cannot know: the end of a run that was stopped, and all that such a stop ended.
// An at-most-once call that a crash cut off is told to the oracle, after it was seen that there was a crash; what was decided about one
// that waited for that is told as it was decided.
import type { Event, Outcome } from '../../src/core/events.ts'
import { NO_LANE } from '../../src/core/state.ts'
import { assert } from '../../src/lib/assert.ts'
import { canonicalJson } from '../../src/lib/canonical.ts'
import type { Json } from '../../src/lib/json.ts'
import type { Cause } from '../../src/plan/cause.ts'
import { mapLeaves, Spilled, type Value } from '../../src/plan/leaf.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { STATUS_NAMES } from '../../src/plan/status.ts'
import { waitsForDecision } from './components.ts'
import type { Decisions } from './decisions.ts'
import type { Disk, StoredRun } from './disk.ts'
import { Undetermined, type Ended, type ExpectedOutcome } from './expected.ts'
import { expect, type Expected, type World } from './oracle.ts'
import { overtimesIn } from './overtime.ts'
import { withoutMessages } from './script.ts'
import type { Seen } from './seen.ts'

/** How a step, or an item of it, has ended by what is stored. */
type StepEnd = {
  readonly step: number
  readonly lane: number
  readonly status: string
  readonly output: Value | null
  readonly cause: Cause | null
}

type Read = (value: Value) => Json

export function compareRun(
  { row, state, events, inDoubt }: StoredRun,
  disk: Disk,
  decisions: Decisions,
  world: World,
  seen: Seen,
): void {
  const { plan } = state.root
  const read: Read = (value) =>
    mapLeaves(value, (leaf) => (leaf instanceof Spilled ? JSON.parse(disk.blobs.get(leaf.hash) ?? '') : null))
  const ends = events.flatMap(endIn)
  const fails = ({ step }: StepEnd): boolean => !waitsForDecision(plan.steps[step]?.component ?? '')
  const lost = new Set(ends.flatMap((end) => (isLost(end.cause) && fails(end) ? [`${end.step}.${end.lane}`] : [])))
  for (const task of lost) assert(inDoubt.has(`0.${task}`), `the call ${task} is lost, and no crash cut it off`)
  if (lost.size > 0) seen.add('call lost for good')
  const begun = events.find((event) => event.kind === 'run-started')
  const input = read(begun?.input ?? null)
  const expected = expect(plan, input, world, {
    call: (step, item) =>
      lost.has(`${step}.${item ?? NO_LANE}`) ? { kind: 'lost' } : decisions.told(row.id, step, item ?? NO_LANE),
    isOvertime: overtimesIn(plan, events),
  })
  for (const end of ends) whereKnown(seen, () => compareEnd(end, expected, read))
  if (events.some(({ kind }) => kind === 'run-stopped')) return
  compareDemand(plan, ends, expected, seen)
  const last = events.at(-1)
  assert(last?.kind === 'run-finished', 'a run that has ended says how')
  whereKnown(seen, () => {
    compareOutcome(plan, last.outcome, expected.outcome(), read)
    seen.add('result compared')
  })
}

/** Whether a step ran says whether it was asked for. */
function compareDemand(plan: Plan, ends: readonly StepEnd[], expected: Expected, seen: Seen): void {
  const ended = new Set(ends.flatMap(({ step, lane }) => (lane === NO_LANE ? [step] : [])))
  plan.steps.forEach(({ id }, step) =>
    whereKnown(seen, () => {
      const isAskedFor = expected.step(step) !== null
      assert(isAskedFor === ended.has(step), `step ${id} runs when it is asked for`)
    }),
  )
}

function isLost(cause: Cause | null): boolean {
  const isOwn = cause?.kind === 'lost' || cause?.kind === 'error-skipped'
  return isOwn && cause.item === null && cause.error?.code === 'OUTCOME_UNKNOWN'
}

function whereKnown(seen: Seen, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof Undetermined)) throw error
    seen.add('something undetermined')
  }
}

function endIn(event: Event): readonly StepEnd[] {
  if (!('step' in event) || event.frame !== 0) return []
  const { kind, step } = event
  const end = { step, lane: NO_LANE, output: null, cause: null }
  if (kind === 'lane-ended') {
    const { lane, status, output, cause } = event
    return [{ step, lane, status: STATUS_NAMES[status], output, cause }]
  }
  if (kind === 'step-succeeded') return [{ ...end, status: 'success', output: event.output }]
  if (kind === 'step-substituted') return [{ ...end, status: 'success', output: event.output, cause: event.cause }]
  if (kind === 'step-skipped') return [{ ...end, status: 'skipped', cause: event.cause }]
  return kind === 'step-failed' ? [{ ...end, status: 'failed', cause: event.cause }] : []
}

function compareEnd({ step, lane, status, output, cause }: StepEnd, expected: Expected, read: Read): void {
  const whole = expected.step(step)
  assert(whole !== null, `step ${step} runs, and nothing asks for it`)
  const end: Ended | undefined = lane === NO_LANE ? whole : whole.items?.[lane]
  const name = lane === NO_LANE ? `step ${step}` : `item ${lane} of step ${step}`
  assert(end !== undefined, `${name} is one of its items`)
  assertSame(`the status of ${name}`, status, end.status)
  // The output of a loop is those of its items, which are compared one by one.
  if (end.status === 'success' && end.items === undefined) assertSame(name, shown(read(output)), shown(end.output))
  if (end.why === null || typeof end.why === 'string') return
  const { kind, code, origin } = end.why
  const is = `${cause?.kind} ${cause?.error?.code ?? null} ${cause?.origin ?? null}`
  assertSame(`the cause of ${name}`, is, `${kind} ${code} ${origin}`)
}

function compareOutcome(plan: Plan, outcome: Outcome, expected: ExpectedOutcome, read: Read): void {
  const is = outcome.outcome === 'failed' ? `${outcome.error.code} of ${outcome.step}` : outcome.outcome
  const hasToBe =
    expected.outcome === 'failed' ? `${expected.code} of ${stepId(plan, expected.step)}` : expected.outcome
  assertSame('the end of the run', is, hasToBe)
  if (outcome.outcome === 'success' && expected.outcome === 'success')
    assertSame('the result', shown(read(outcome.result)), shown(expected.result))
}

function stepId(plan: Plan, step: number | null): string | null {
  return step === null ? null : (plan.steps[step]?.id ?? null)
}

function shown(value: Json): string {
  return canonicalJson(withoutMessages(value))
}

function assertSame(name: string, is: string, hasToBe: string): void {
  assert(is === hasToBe, `${name} is ${is}, and has to be ${hasToBe}`)
}
