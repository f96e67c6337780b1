// The test of the simulation: each of these mistakes of the engine, made in a copy of the sources, must be found by it.
import { afterAll, expect, test } from 'vitest'
import { openNursery, type Bug } from '../planted-bug.ts'

const BUGS: readonly Bug[] = [
  {
    what: 'a start is told before it is stored',
    file: 'engine/loop.ts',
    right:
      'if (events.count > 0 || effects.count > 0 || run.isRowNew || run.isAwaited) committer.hand(run, events.toArray())',
    wrong:
      'if (events.count > 0 || effects.count > 0) { committer.hand(run, events.toArray()); run.noticeStored(null) }',
  },
  {
    what: 'an end is told before it is stored',
    file: 'engine/loop.ts',
    right: '    committer.owe(run, effect)\n',
    wrong:
      "    if (effect.kind === 'tell-outcome') ports.onEnd(run, effect.outcome)\n    else committer.owe(run, effect)\n",
  },
  {
    what: 'a cancel is answered before it is stored',
    file: 'engine/engine.ts',
    right: "loop.post(run, { kind: 'stop-asked', how, reason })\n      return run.result()",
    wrong:
      "loop.post(run, { kind: 'stop-asked', how, reason })\n      return Promise.resolve({ outcome: 'cancelled', reason })",
  },
  {
    what: 'what a batch leads to does not wait for it',
    file: 'engine/commit.ts',
    right: '    if (!(storing instanceof Promise)) return finish(going)\n',
    wrong:
      '    if (storing instanceof Promise) storing.catch(onFailed)\n    if (storing !== null) return finish(going)\n',
  },
  {
    what: 'a component that touches the world runs ahead of the log',
    file: 'engine/loop.ts',
    right: "if (component?.effect === 'pure' && mayRunAhead)",
    wrong: "if (component?.effect !== 'at-most-once' && mayRunAhead)",
  },
  {
    what: 'a failed append is taken for one that worked',
    file: 'engine/commit.ts',
    right: '(error: unknown) => guarded(() => hold(error, appends, going)),',
    wrong: '() => finish(going),',
  },
  {
    what: 'a batch does not wait for the one before it',
    file: 'engine/commit.ts',
    right: '    isFlushing = true\n',
    wrong: '    isFlushing = false\n',
  },
  {
    what: 'turns of a batch are stored in the wrong order',
    file: 'engine/commit.ts',
    right: 'run.unstored.push(event)',
    wrong: 'run.unstored.unshift(event)',
  },
  {
    what: 'the row of a run that has ended says that it goes on',
    file: 'engine/run-row.ts',
    right: 'endedAtMs: run.lastMs, waitsFor',
    wrong: 'endedAtMs: null, waitsFor',
  },
  {
    what: 'a retry that waits is forgotten in a crash',
    file: 'core/debts.ts',
    right: 'if (sleep !== undefined)',
    wrong: 'if (sleep?.output !== undefined)',
  },
  {
    what: 'a timer is forgotten in a crash',
    file: 'core/debts.ts',
    right: 'if (sleep !== undefined)',
    wrong: 'if (sleep?.output !== undefined) continue\n    if (sleep !== undefined)',
  },
  {
    what: 'an attempt that a crash lost is not counted',
    file: 'core/evolve.ts',
    right: 'if (isInFlight(home, frame, slot)) bookOf(home, slot).lost += 1',
    wrong: 'if (isInFlight(home, frame, slot)) bookOf(home, slot).lost += 0',
  },
  {
    what: 'nothing records that a run goes on in another process',
    file: 'core/advance.ts',
    right: "turn.emit({ kind: 'run-resumed', atMs: turn.nowMs })",
    wrong: 'void turn',
  },
  {
    what: 'a call that must happen at most once is made again after a crash',
    file: 'engine/loop.ts',
    right: "isInDoubt && component?.effect === 'at-most-once'",
    wrong: "wasInDoubt(run, effect) && dispatch.find(effect)?.effect === 'at-least-once' && false",
  },
  {
    what: 'a call that must happen at most once is made again after its time limit',
    file: 'engine/dispatch.ts',
    right: "fail(run, task, error, 'timed-out', effect !== 'at-most-once')",
    wrong: "fail(run, task, error, 'timed-out', true)",
  },
  {
    what: 'what a call logged before it failed is dropped',
    file: 'engine/dispatch.ts',
    right: "tellLog(run, taskCall)\n    fail(run, taskCall.task, toErrorInfo(error), 'component-failed')",
    wrong: "fail(run, taskCall.task, toErrorInfo(error), 'component-failed')",
  },
  {
    what: 'what a call logged is told behind its answer',
    file: 'engine/dispatch.ts',
    right: 'tellLog(run, taskCall)\n    const request',
    wrong: 'queueMicrotask(() => tellLog(run, taskCall))\n    const request',
  },
  {
    what: 'a time limit is not kept',
    file: 'engine/dispatch.ts',
    right: 'if (atMs !== null) limit(',
    wrong: 'if (atMs === 0) limit(',
  },
  {
    what: 'the time limit of a step that waits for flows is forgotten in a crash',
    file: 'core/debts.ts',
    right: '    else limitWait(turn, frame, step, lane, home)',
    wrong: '',
  },
  {
    what: 'a run whose last calls were cut off does not rest',
    file: 'engine/loop.ts',
    right: "        return post(run, { kind: 'slots-freed' }) //",
    wrong: '        return //',
  },
  {
    what: 'a retry spends nothing',
    file: 'core/evolve.ts',
    right: 'book.spent[event.budget] = (book.spent[event.budget] ?? 0) + 1',
    wrong: 'book.spent[event.budget] = 0',
  },
  {
    what: 'each attempt has a key of its own',
    file: 'engine/task-call.ts',
    right: 'return lane < 0 ? `${this.run}.${frame}.${step}`',
    wrong: 'return lane < 0 ? `${this.run}.${frame}.${step + this.attempt - 1}`',
  },
  {
    what: 'a large value is not stored before what names it',
    file: 'engine/values.ts',
    right: 'return after(store.putBlob(hash, text, run.id), () => {',
    wrong:
      'void Promise.resolve(store.putBlob(hash, text, run.id)).catch(() => undefined)\n    return after(undefined, () => {',
  },
  {
    what: 'the plan of a run is not stored before it',
    file: 'engine/starts.ts',
    right: 'after(ports.keepPlan(program), ',
    wrong: 'after(void Promise.resolve(ports.keepPlan(program)).catch(() => undefined), ',
  },
  {
    what: 'the plan of a flow inside a run is not stored before it',
    file: 'engine/dispatch.ts',
    right: 'if (kept instanceof Promise) kept.then(ask, ports.onFailed)\n      else ask()',
    wrong: 'if (kept instanceof Promise) kept.catch(ports.onFailed)\n      ask()',
  },
  {
    what: 'two starts with one key at the same time begin two runs',
    file: 'lib/once-by.ts',
    right: 'const begun = doing.get(key)',
    wrong: 'const begun = doing.get(`not ${key}`)',
  },
  {
    what: 'a key that is known begins another run',
    file: 'engine/starts.ts',
    right: 'return known === null ? begin(program, given)',
    wrong: 'return known === null || known.endedAtMs === null ? begin(program, given)',
  },
  {
    what: 'work that a stop has overtaken is begun all the same',
    file: 'engine/loop.ts',
    right: 'if (run.broken === null && isTaskOpen(run.state, effect)) runTask(run, effect)',
    wrong: 'runTask(run, effect)',
  },
  {
    what: 'the times of a run follow a clock that was put back',
    file: 'engine/loop.ts',
    right: 'run.lastMs = Math.max(run.lastMs, budget.nowMs())',
    wrong: 'run.lastMs = budget.nowMs()',
  },
  {
    what: 'a run that comes back into memory is not asked what it owes',
    file: 'engine/sleepers.ts',
    right: "run.isTaken ? { kind: 'wake' }",
    wrong: "run.isTaken ? { kind: 'slots-freed' }",
  },
  {
    what: 'a run leaves memory while a step of it is at work',
    file: 'engine/sleepers.ts',
    right: 'return !isDone && !decides && !works',
    wrong: 'return !isDone',
  },
  {
    what: 'a step that waits for a slot is forgotten',
    file: 'engine/loop.ts',
    right: 'for (const run of starved) if (slotsOf(run) > 0)',
    wrong: 'for (const run of starved) if (slotsOf(run) > 1 && run.calls.size > 0)',
  },
  {
    what: 'a loop opens one lane too many',
    file: 'core/lanes.ts',
    right: 'loop.open < parallelMax',
    wrong: 'loop.open <= parallelMax',
  },
  {
    what: 'a pause is told before it is stored',
    file: 'engine/asks.ts',
    right: "    loop.post(run, { kind: 'slots-freed' })\n    await isStored\n",
    wrong: "    loop.post(run, { kind: 'slots-freed' })\n    isStored.catch(() => undefined)\n",
  },
  {
    what: 'what somebody asked for is told with the batch before it',
    file: 'engine/live-run.ts',
    right: 'if (one.batch !== null && one.batch === batch) one.resolve()',
    wrong: 'if (batch !== null) one.resolve()',
  },
  {
    what: 'a paused run begins steps',
    file: 'engine/loop.ts',
    right: 'if (run.isPaused || onQuiet !== null) return 0',
    wrong: 'if (onQuiet !== null) return 0',
  },
  {
    what: 'a paused run goes on without being asked to',
    file: 'engine/stored-runs.ts',
    right: "row.status === 'paused' && !isForced",
    wrong: "row.waitsFor?.kind === 'quarantine' && !isForced",
  },
  {
    what: 'a decision is told before it is stored',
    file: 'engine/asks.ts',
    right: 'if (asked.size > 0)',
    wrong: 'if (asked.size > 99)',
  },
  {
    what: 'what a decision says was done is not kept',
    file: 'core/answers.ts',
    right: 'SUCCESS, decision.output, null)',
    wrong: 'SUCCESS, null, null)',
  },
  {
    what: 'a call that waits for a decision is made again without one',
    file: 'core/evolve.ts',
    right: "event.kind === 'task-parked' ? PARKED_MS : event.atMs",
    wrong: 'event.atMs',
  },
  {
    what: 'what a full disk did not take is forgotten',
    file: 'engine/commit.ts',
    right: 'guarded(() => give(kept, going))',
    wrong: 'guarded(() => give([], going))',
  },
  {
    what: 'a start that was refused is stored later',
    file: 'engine/commit.ts',
    right: 'appends.filter(({ run }) => !refused.has(run))',
    wrong: '[...appends]',
  },
  {
    what: 'a run is begun while the disk is full',
    file: 'engine/engine.ts',
    right: '    if (loop.held !== null) throw loop.held\n',
    wrong: '',
  },
  {
    what: 'a start that was refused keeps its slots',
    file: 'engine/loop.ts',
    right: '    dispatch.drop(run)\n',
    wrong: '',
  },
]

/** What finds nothing in this time is not found. */
const SECONDS_MAX = 55
const CONTROL_SEEDS = 150
const nursery = openNursery(['src', 'test/simulation'])

afterAll(() => nursery.close())

test.concurrent('the simulation finds nothing in the sources as they are', { timeout: 120_000 }, async () => {
  expect(await nursery.run(playing(CONTROL_SEEDS), null)).toBe('')
})

test.concurrent.each(BUGS)('the simulation finds that $what', { timeout: 120_000 }, async (bug) => {
  // A copy that does not even load, or that throws something else, was not found by a check.
  expect(await nursery.run(playing(Number.POSITIVE_INFINITY), bug)).toContain('AssertionError: ')
})

/** Plays seeds until something is found. */
function playing(seeds: number): string {
  return `import { playSeeds } from './test/simulation/play-seeds.ts'
const { failure, played } = await playSeeds(1, ${seeds}, Date.now() + ${SECONDS_MAX} * 1_000)
if (failure !== null) console.error(failure.again, failure.error)
process.exit(0)
`
}
