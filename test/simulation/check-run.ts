// What must hold of a run that has ended, told from what is stored of it: the laws, the replay, and what the oracle says.
// Left out where the world decides and the oracle cannot know: the end of a run that was stopped, and all that such a stop ended.
// An at-most-once call that a crash cut off is told to the oracle, after it was seen that there was a crash.
import { fingerprint, assertOrderly, replay } from '../../src/core/laws.ts'
import type { Event, Outcome } from '../../src/core/events.ts'
import { NO_LANE } from '../../src/core/state.ts'
import { assert } from '../../src/lib/assert.ts'
import type { Json } from '../../src/lib/json.ts'
import { canonicalJson } from '../../src/lib/canonical.ts'
import type { Cause } from '../../src/plan/cause.ts'
import { mapLeaves, Spilled, type Value } from '../../src/plan/leaf.ts'
import { STATUS_NAMES } from '../../src/plan/status.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { Disk } from './disk.ts'
import { Undetermined, type Ended, type ExpectedOutcome } from './expected.ts'
import type { Ledger } from './ledger.ts'
import { expect, type Expected, type World } from './oracle.ts'
import { withoutMessages } from './script.ts'
import type { Seen } from './seen.ts'

/** A loop ends by its items: they are compared. */
type StepEnd = {
  readonly step: number
  readonly lane: number
  readonly status: string
  readonly output: Value | null
  readonly cause: Cause | null
}

export function checkRun(id: string, disk: Disk, ledger: Ledger, world: World, seen: Seen): void {
  const stored = disk.runs.get(id)
  assert(stored !== undefined, `run ${id} is stored`)
  const events = disk.read(id)
  const { state } = stored
  assert(state.outcome !== null, `run ${id} has an end`)
  assertOrderly(state.root, events)
  const again = replay(state.root, state.programs, events, disk.loaded())
  assert(fingerprint(again.state) === fingerprint(state), 'a run that is read is the run that was written')
  ledger.checkSuccesses(id, events)
  compare(state.root.plan, events, stored.inDoubt, disk, world, seen)
}

function compare(
  plan: Plan,
  events: readonly Event[],
  inDoubt: ReadonlySet<string>,
  disk: Disk,
  world: World,
  seen: Seen,
): void {
  const read = (value: Value): Json =>
    withoutMessages(
      mapLeaves(value, (leaf) => (leaf instanceof Spilled ? JSON.parse(disk.blobs.get(leaf.hash) ?? '') : null)),
    )
  const begun = events.find((event) => event.kind === 'run-started')
  const ends = events.flatMap(endIn)
  const lost = new Set(ends.flatMap(({ step, lane, cause }) => (isLost(cause) ? [`${step}.${lane}`] : [])))
  for (const task of lost) assert(inDoubt.has(`0.${task}`), `the call ${task} is lost, and no crash cut it off`)
  if (lost.size > 0) seen.add('call lost for good')
  const input = mapLeaves(begun?.input ?? null, (leaf) =>
    leaf instanceof Spilled ? JSON.parse(disk.blobs.get(leaf.hash) ?? '') : null,
  )
  const expected = expect(plan, input, world, (step, item) => lost.has(`${step}.${item ?? NO_LANE}`))
  for (const end of ends) whereKnown(seen, () => compareEnd(end, expected, read))
  if (events.some(({ kind }) => kind === 'run-stopped')) return
  const ended = new Set(ends.flatMap(({ step, lane }) => (lane === NO_LANE ? [step] : [])))
  plan.steps.forEach(({ id }, step) =>
    whereKnown(seen, () =>
      assert((expected.step(step) !== null) === ended.has(step), `step ${id} runs when it is asked for`),
    ),
  )
  const finished = events.at(-1)
  if (finished?.kind === 'run-finished')
    whereKnown(seen, () => {
      compareOutcome(plan, finished.outcome, expected.outcome(), read)
      seen.add('result compared')
    })
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

function compareEnd(
  { step, lane, status, output, cause }: StepEnd,
  expected: Expected,
  read: (value: Value) => Json,
): void {
  const whole = expected.step(step)
  assert(whole !== null, `step ${step} runs, and nothing asks for it`)
  const end: Ended | undefined = lane === NO_LANE ? whole : whole.items?.[lane]
  const name = lane === NO_LANE ? `step ${step}` : `item ${lane} of step ${step}`
  assert(end !== undefined, `${name} is one of its items`)
  assert(end.status === status, `${name} is ${status}, and has to be ${end.status}`)
  const isLoop = lane === NO_LANE && end.items !== undefined
  if (end.status === 'success' && !isLoop) {
    const [is, hasToBe] = [canonicalJson(read(output)), canonicalJson(withoutMessages(end.output))]
    assert(is === hasToBe, `${name} gives ${is}, and has to give ${hasToBe}`)
  }
  if (end.why === null || typeof end.why === 'string') return
  const { kind, code, origin } = end.why
  const [is, hasToBe] = [
    `${cause?.kind} ${cause?.error?.code ?? null} ${cause?.origin ?? null}`,
    `${kind} ${code} ${origin}`,
  ]
  assert(is === hasToBe, `the cause of ${name} is ${is}, and has to be ${hasToBe}`)
}

function compareOutcome(plan: Plan, outcome: Outcome, expected: ExpectedOutcome, read: (value: Value) => Json): void {
  const hasToBe =
    expected.outcome === 'failed' ? `${expected.code} of ${stepId(plan, expected.step)}` : expected.outcome
  const is = outcome.outcome === 'failed' ? `${outcome.error.code} of ${outcome.step}` : outcome.outcome
  assert(is === hasToBe, `the run ends with ${is}, and has to end with ${hasToBe}`)
  if (outcome.outcome !== 'success' || expected.outcome !== 'success') return
  const [result, wanted] = [canonicalJson(read(outcome.result)), canonicalJson(withoutMessages(expected.result))]
  assert(result === wanted, `the run gives ${result}, and has to give ${wanted}`)
}

function stepId(plan: Plan, step: number | null): string | null {
  return step === null ? null : (plan.steps[step]?.id ?? null)
}
