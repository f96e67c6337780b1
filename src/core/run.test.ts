import { expect, test } from 'vitest'
import type { Expr } from '../plan/expr.ts'
import type { Needs, Plan } from '../plan/plan.ts'
import { Spilled } from '../plan/leaf.ts'
import { link } from '../plan/link.ts'
import { STATUS_NAMES } from '../plan/status.ts'
import { aPlan, aStep, literal, outputOf, record, RETRY_ONCE, stepIndex } from '../testing/plans.ts'
import { advance } from './advance.ts'
import type { RunTask } from './effects.ts'
import { elideStarts } from './elide.ts'
import type { Event, Outcome } from './events.ts'
import type { Fact } from './facts.ts'
import { newState } from './state.ts'
import { Turn } from './turn.ts'

type Answers = { readonly [step: string]: 'fails' | 'skips' | number | null | boolean }

/** Plays a plan in a world where each step answers as told, `null` if nothing is. */
function play(
  plan: Plan,
  answers: Answers = {},
  slots = 100,
): { states: object; outcome: Outcome | null; called: readonly string[]; events: readonly Event[] } {
  const program = link('p', plan)
  const state = newState(program)
  const turn = new Turn(state)
  const called: string[] = []
  const events: Event[] = []
  let facts: readonly Fact[] = [{ kind: 'begin', input: null, variables: {} }]
  while (facts.length > 0) {
    advance(turn, state, facts, { nowMs: 0, chance: () => 0, slots })
    events.push(...turn.events.toArray())
    facts = turn.effects.toArray().flatMap((effect): Fact[] => {
      if (effect.kind === 'wake-at') return [{ ...effect, kind: 'timer-fired' }]
      if (effect.kind !== 'run-task') return []
      called.push(effect.at.id)
      return [answer(effect, answers[effect.at.id] ?? null)]
    })
  }
  const root = state.frames.get(0)
  return {
    states: Object.fromEntries(plan.steps.map(({ id }, index) => [id, STATUS_NAMES[root?.status[index] ?? 0]])),
    outcome: state.outcome,
    called,
    events,
  }
}

function answer({ frame, step, lane, attempt, round }: RunTask, how: Answers[string]): Fact {
  const ref = { frame, step, lane, attempt, round }
  if (how === 'fails')
    return {
      kind: 'task-failed',
      ...ref,
      how: 'component-failed',
      error: { code: 'BROKEN', message: 'broken' },
      mayRetry: true,
    }
  return how === 'skips'
    ? { kind: 'task-skipped', ...ref, reason: null }
    : { kind: 'task-succeeded', ...ref, output: how ?? null }
}

test('a step that reads a skipped one is skipped too, unless its reference has a default', () => {
  const plan = aPlan([
    aStep('a', { onError: { kind: 'skip' } }),
    aStep('b', { input: outputOf(0) }),
    aStep('c', { input: outputOf(0, { ifSkipped: literal(0) }) }),
  ])
  expect(play(plan, { a: 'fails' }).states).toEqual({ a: 'skipped', b: 'skipped', c: 'success' })
})

test('a step that reads a failed one fails with the same error, and names the step where it began', () => {
  const run = play(
    aPlan([aStep('a'), aStep('b', { input: outputOf(0) }), aStep('c', { input: outputOf(1) }), aStep('d')]),
    { a: 'fails' },
  )
  expect(run.states).toEqual({ a: 'failed', b: 'failed', c: 'failed', d: 'success' })
  expect(run.outcome).toMatchObject({ outcome: 'failed', step: 'a', error: { code: 'BROKEN' } })
  expect(run.called).toEqual(['a', 'd'])
})

/** Needs the first two steps. */
function needs(join: 'all' | 'any' | 'done'): Needs {
  return { steps: [stepIndex(0), stepIndex(1)], join, ifBlocked: 'skip' }
}

test('a join of any needs one success, a join of all needs every one, a join of done needs none', () => {
  const plan = aPlan([
    aStep('bad', { onError: { kind: 'skip' } }),
    aStep('good'),
    aStep('all', { needs: needs('all') }),
    aStep('any', { needs: needs('any') }),
    aStep('done', { needs: needs('done') }),
  ])
  expect(play(plan, { bad: 'fails' }).states).toMatchObject({ all: 'skipped', any: 'success', done: 'success' })
  expect(play(plan, { bad: 'fails', good: 'skips' }).states).toMatchObject({
    all: 'skipped',
    any: 'skipped',
    done: 'success',
  })
})

const branch = (condition: Expr): Expr => ({
  kind: 'if',
  condition,
  then: outputOf(1),
  otherwise: outputOf(2),
  truthiness: 'some',
})
const onDemand = { demand: 'what-output-needs', verdict: 'by-output' } as const
const branches = [aStep('c'), aStep('a'), aStep('b'), aStep('d', { input: branch(outputOf(0)) })]

test.each([
  ['in the output', aPlan(branches.slice(0, 3), { output: branch(outputOf(0)), ...onDemand })],
  ['in the input of a step', aPlan(branches, { output: outputOf(3), ...onDemand })],
  [
    'beside another reference to its condition',
    aPlan(branches, { output: record({ p: outputOf(0), q: branch(outputOf(0)) }), ...onDemand }),
  ],
])('the branch not taken runs nothing: %s', (_, plan) => {
  expect(play(plan, { c: true }).called.filter((id) => id === 'a' || id === 'b')).toEqual(['a'])
  expect(play(plan, { c: false }).called.filter((id) => id === 'a' || id === 'b')).toEqual(['b'])
})

test('a coalesce runs its members one after another, and stops at the first value', () => {
  const plan = aPlan([aStep('a'), aStep('b'), aStep('c')], {
    output: { kind: 'coalesce', members: [outputOf(0), outputOf(1), outputOf(2)] },
    ...onDemand,
  })
  expect(play(plan, { a: null, b: 7 })).toMatchObject({
    called: ['a', 'b'],
    outcome: { outcome: 'success', result: 7 },
  })
})

test('a step that fails is tried again as often as its budget says, and then falls back', () => {
  const step = aStep('a', {
    retry: [{ ...RETRY_ONCE, retriesMax: 2, backoff: { ...RETRY_ONCE.backoff, delayMs: 0 } }],
    onError: { kind: 'substitute', output: literal('instead') },
  })
  const run = play(aPlan([step], { output: outputOf(0) }), { a: 'fails' })
  expect(run).toMatchObject({ called: ['a', 'a', 'a'], outcome: { outcome: 'success', result: 'instead' } })
})

test('with one slot, steps that could run at once run one after another', () => {
  const run = play(aPlan([aStep('a'), aStep('b'), aStep('c')]), {}, 1)
  const kinds = run.events.map(({ kind }) => kind).filter((kind) => kind.startsWith('step-'))
  expect(kinds).toEqual([
    'step-started',
    'step-succeeded',
    'step-started',
    'step-succeeded',
    'step-started',
    'step-succeeded',
  ])
})

test('the failure of a step that must run fails the run, whatever the output says', () => {
  const plan = aPlan([aStep('a'), aStep('b', { mustExecute: true })], { output: outputOf(0), ...onDemand })
  expect(play(plan, { b: 'fails' }).outcome).toMatchObject({ outcome: 'failed', step: 'b' })
})

test('a decision that a parked step fails waits for the large value that takes its place', () => {
  const output = outputOf(0, { at: { paths: [['n']], text: 'n' } })
  const plan = aPlan([aStep('a'), aStep('b', { after: [stepIndex(0)], onError: { kind: 'substitute', output } })])
  const turn = new Turn(newState(link('p', plan)))
  const ref = { frame: 0, step: 1, lane: -1, attempt: 1, round: 1 }
  const take = (fact: Fact): readonly string[] => {
    advance(turn, turn.state, [fact], { nowMs: 0, chance: () => 0, slots: 9 })
    return turn.events.toArray().map(({ kind }) => kind)
  }
  take({ kind: 'begin', input: null, variables: {} })
  take({ kind: 'task-succeeded', ...ref, step: 0, output: new Spilled('h', 9) })
  take({ kind: 'task-parked', ...ref })
  expect(take({ kind: 'task-decided', frame: 0, step: 1, lane: -1, decision: { kind: 'fail' } })).toEqual([])
  expect(take({ kind: 'values-loaded', values: new Map([['h', { n: 7 }]]) })).toContain('step-substituted')
})

test('what a step logs comes before its end, and a start beside its end is left out of the log all the same', () => {
  const turn = new Turn(newState(link('p', aPlan([aStep('a'), aStep('b')]))))
  const ref = { frame: 0, step: 0, lane: -1, attempt: 1, round: 1 }
  const take = (...facts: readonly Fact[]): readonly Event[] => {
    advance(turn, turn.state, facts, { nowMs: 0, chance: () => 0, slots: 9 })
    return turn.events.toArray()
  }
  const begun = take({ kind: 'begin', input: null, variables: {} })
  const ended = take({ kind: 'task-logged', ...ref, text: 'said' }, { kind: 'task-succeeded', ...ref, output: 1 })
  expect(ended).toMatchObject([{ kind: 'task-logged', step: 0, attempt: 1, text: 'said' }, { kind: 'step-succeeded' }])
  const kinds = elideStarts([...begun, ...ended]).map(({ kind }) => kind)
  expect(kinds).toEqual(['run-started', 'step-started', 'task-logged', 'step-succeeded'])
  expect(take({ kind: 'task-logged', ...ref, text: 'too late' })).toEqual([])
})
