// The test of the laws: each of these small mistakes, made in a copy of the sources, must be found by them.
import { afterAll, expect, test } from 'vitest'
import { openNursery, type Bug } from './planted-bug.ts'

const BUGS: readonly Bug[] = [
  {
    what: 'an attempt that a crash lost is not counted',
    file: 'core/evolve.ts',
    right: 'if (isInFlight(home, frame, slot)) bookOf(home, slot).lost += 1',
    wrong: 'if (isInFlight(home, frame, slot)) bookOf(home, slot).lost += 0',
  },
  {
    what: 'an answer to an earlier attempt is taken',
    file: 'core/answers.ts',
    right: 'if (attemptOf(home, slot) !== fact.attempt) return null',
    wrong: 'if (attemptOf(home, slot) < fact.attempt) return null',
  },
  {
    what: 'an answer to an earlier round is taken',
    file: 'core/answers.ts',
    right: 'isTimeout || roundOf(home, slot) === fact.round',
    wrong: 'isTimeout || fact.round > 0',
  },
  {
    what: 'a step starts when all but one of its sources have ended',
    file: 'core/tasks.ts',
    right: 'if (left === 0) turn.lookAt(frame, dependent)',
    wrong: 'if (left <= 1) { waiting[dependent] = 0; turn.lookAt(frame, dependent) }',
  },
  {
    what: 'a condition that ends asks nothing again',
    file: 'core/questions.ts',
    right: 'if (decides || left === 0)',
    wrong: 'if (left === 0)',
  },
  {
    what: 'what a demanded step needs is not demanded',
    file: 'core/questions.ts',
    right: 'open.push(source)',
    wrong: 'void source',
  },
  {
    what: 'a loop opens one lane too many',
    file: 'core/lanes.ts',
    right: 'loop.open < parallelMax',
    wrong: 'loop.open <= parallelMax',
  },
  {
    what: 'a loop goes on after a failure',
    file: 'core/lanes.ts',
    right: 'while (loop.failed === 0 && loop.open',
    wrong: 'while (loop.open',
  },
  {
    what: 'waits are counted anew after a replay',
    file: 'core/settle.ts',
    right: 'waiting[dependent] = (waiting[dependent] ?? 0) - 1',
    wrong: 'waiting[dependent] = (waiting[dependent] ?? 0) - 0',
  },
  {
    what: 'a retry that sleeps is forgotten in a crash',
    file: 'core/debts.ts',
    right: 'if (sleep !== undefined)',
    wrong: 'if (sleep?.output !== undefined)',
  },
  {
    what: 'the time limit of a step that waits for flows is forgotten in a crash',
    file: 'core/debts.ts',
    right: '    else limitWait(turn, frame, step, lane, home)',
    wrong: '',
  },
  {
    what: 'a later round has no time limit',
    file: 'core/dispatch.ts',
    right: 'group?.attempt === attempt ? group.limitMs : null',
    wrong: 'null',
  },
  {
    what: 'an attempt has the time limit of the one before it, which was lost',
    file: 'core/dispatch.ts',
    right: 'group?.attempt === attempt ? group.limitMs : null',
    wrong: 'group === undefined ? null : group.limitMs',
  },
  {
    what: 'frames outlive the task that asked for them',
    file: 'core/evolve.ts',
    right: '  home.sleeps.delete(slot)\n  dropGroup(state, home, slot)',
    wrong: '  home.sleeps.delete(slot)',
  },
  {
    what: 'a retry spends nothing',
    file: 'core/evolve.ts',
    right: 'book.spent[event.budget] = (book.spent[event.budget] ?? 0) + 1',
    wrong: 'book.spent[event.budget] = 0',
  },
  {
    what: 'the round after frames has the number of the one before',
    file: 'core/state.ts',
    right: 'group.round + 1 : 0',
    wrong: 'group.round : 0',
  },
  {
    what: 'a large value that came is asked for no more',
    file: 'core/advance.ts',
    right: 'else reconsider(turn, waiter, waiter.isDebt)',
    wrong: 'else void reconsider',
  },
]

const CASES_MAX = 20_000
const CONTROL_CASES = 1_500
const nursery = openNursery(['lib', 'templates', 'plan', 'core', 'testing'].map((part) => `src/${part}`))

afterAll(() => nursery.close())

test.concurrent('the laws find nothing in the sources as they are', { timeout: 120_000 }, async () => {
  expect(await nursery.run(playing(CONTROL_CASES), null)).toBe('')
})

test.concurrent.each(BUGS)('the laws find that $what', { timeout: 120_000 }, async (bug) => {
  // A copy that does not even load, or that throws something else, was not found by a law.
  expect(await nursery.run(playing(CASES_MAX), bug)).toContain('AssertionError: ')
})

/** Plays cases until a law is broken. */
function playing(cases: number): string {
  return `import { createRng } from './src/lib/rng.ts'
import { playRandom } from './src/testing/play.ts'
for (let seed = 1; seed <= ${cases}; seed += 1) playRandom(createRng(seed))
`
}
