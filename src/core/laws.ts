// What holds for every run, whatever its plan and whatever happens to it. Tests call these after each turn.
// They compare what a run shows of itself with what is worked out anew, so they know no more than a reader of the log.
import { assert, unreachable } from '../lib/assert.ts'
import { FAILED, PENDING, SUCCESS } from '../plan/status.ts'
import type { Program } from '../plan/link.ts'
import type { Effect } from './effects.ts'
import { isOutcome } from './elide.ts'
import type { Event } from './events.ts'
import { evolve } from './evolve.ts'
import { payDebts } from './debts.ts'
import { settle } from './settle.ts'
import { newState, NO_LANE, unpacked, type Frame, type Home, type Loop, type State } from './state.ts'
import { Turn } from './turn.ts'

/** The state that a log leads to: fold, and settle. Large values that it asks for are answered by `loaded`. */
export function replay(
  root: Program,
  programs: ReadonlyMap<string, Program>,
  events: readonly Event[],
  loaded: State['env']['loaded'],
): { state: State; turn: Turn } {
  const state = newState(root, new Map(programs))
  for (const [hash, value] of loaded) state.env.loaded.set(hash, value)
  for (const event of events) evolve(state, event)
  const turn = new Turn(state)
  settle(turn, state, 0)
  assert(turn.events.count === 0, 'settling decides nothing')
  return { state, turn }
}

/** Recorded and derived parts of a state as text, for comparison. Two runs that stand at the same point show the same. */
export function fingerprint(state: State): string {
  const frames = [...state.frames.values()].toSorted((a, b) => a.id - b.id).map((frame) => showFrame(state, frame))
  return JSON.stringify({
    status: state.status,
    outcome: state.outcome,
    resumes: state.resumes,
    nextFrame: state.nextFrame,
    frames,
    ready: readyOf(state),
  })
}

function showFrame(state: State, frame: Frame): unknown {
  const { status, left, demanded, outputs, loops } = frame
  const isRunning = state.status === 'running'
  const waiting = isRunning
    ? [...frame.waiting].map((count, step) => ((status[step] ?? PENDING) === PENDING ? count : 0))
    : []
  return {
    id: frame.id,
    home: showHome(frame),
    outputs: outputs.map((output) => output ?? null),
    waiting,
    left: isRunning ? left : 0,
    demanded: isRunning && demanded !== null ? [...demanded] : null,
    watched: isRunning ? watched(frame) : [],
    loops: [...loops.entries()]
      .toSorted(([a], [b]) => a - b)
      .map(([step, loop]) => ({ step, ...showLoop(loop), home: showHome(loop) })),
  }
}

function showHome({ status, causes, books, groups, sleeps }: Home): unknown {
  return {
    status: [...status],
    causes: sorted(causes),
    books: sorted(books),
    sleeps: sorted(sleeps),
    groups: sorted(groups).map(([slot, { program, inputs, results, round, limitMs, next, ended, open }]) => [
      slot,
      program.id,
      inputs,
      results,
      round,
      limitMs,
      next,
      ended,
      [...open].map(({ id }) => id),
    ]),
  }
}

function sorted<T>(map: { entries(): Iterable<[number, T]> }): [number, T][] {
  return [...map.entries()].toSorted(([a], [b]) => a - b)
}

function showLoop({ outputs, ended, failed, open, next, status, starved, starvedAt }: Loop): object {
  const waiting = starved.slice(starvedAt).filter((lane) => status[lane] === PENDING)
  return { outputs, ended, failed, open, next: failed > 0 ? 0 : next, starved: waiting.toSorted((a, b) => a - b) }
}

/** Who is watched by whom: a watch is stale when its unit was asked again since. */
function watched(frame: Frame): readonly string[] {
  const pairs = new Set<string>()
  for (const [step, watchers] of frame.watchers.entries()) {
    for (const { asked, unit, times } of watchers) {
      const { asker } = asked
      const home = asker.lane === NO_LANE ? frame : frame.loops.get(asker.step)
      const current =
        asker.step < 0
          ? frame.outputAsked
          : (home?.questions.get(asker.lane === NO_LANE ? asker.step : asker.lane) ?? null)
      if (current === asked && asked.times[unit] === times) pairs.add(`${step}<${asker.step}.${asker.lane}.${unit}`)
    }
  }
  return [...pairs].toSorted()
}

function readyOf(state: State): readonly number[] {
  const isPending = (key: number): boolean => {
    const { frame, step } = unpacked(key)
    return (state.frames.get(frame)?.status[step] ?? SUCCESS) === PENDING
  }
  return [...new Set(state.ready.toArray().filter(isPending))].toSorted((a, b) => a - b)
}

/** What a replayed state owes, as text. */
export function debtsOf({ state, turn }: { state: State; turn: Turn }): readonly string[] {
  turn.begin(state, { nowMs: 0, chance: () => 0, slots: 0 })
  payDebts(turn)
  return turn.effects.toArray().flatMap(effectKeys).toSorted()
}

/** Names of what an effect asks for; each is answered once. */
export function effectKeys(effect: Effect): readonly string[] {
  switch (effect.kind) {
    case 'run-task':
      return [`task ${effect.frame}.${effect.step}.${effect.lane} attempt ${effect.attempt} round ${effect.round}`]
    case 'wake-at':
      return [`wake ${effect.frame}.${effect.step}.${effect.lane} attempt ${effect.attempt} at ${effect.atMs}`]
    case 'limit-attempt':
      return [`limit ${effect.frame}.${effect.step}.${effect.lane} attempt ${effect.attempt} at ${effect.atMs}`]
    case 'load-values':
      return effect.hashes.map((hash) => `load ${hash}`)
    case 'cancel-tasks':
    case 'tell-outcome':
      return []
    default:
      return unreachable(effect)
  }
}

/** One outcome at most for each step and lane, nothing after it, and nothing after the run's end; loops that failed start nothing. */
export function assertOrderly(root: Program, events: readonly Event[]): void {
  const ended = new Set<string>()
  const failed = new Set<string>()
  const retries = new Map<string, number>()
  let isOver = false
  for (const event of events) {
    assert(!isOver, `nothing follows the end of a run, and ${event.kind} does`)
    isOver = event.kind === 'run-finished'
    if (!('step' in event)) continue
    const step = `${event.frame}.${event.step}`
    const task = 'lane' in event ? `${step}.${event.lane}` : `${step}.${NO_LANE}`
    assert(!ended.has(task), `${event.kind} of ${task} after its outcome`)
    if (isOutcome(event)) ended.add(task)
    if (event.kind === 'lane-ended' && event.status === FAILED) failed.add(step)
    assert(event.kind !== 'lanes-started' || !failed.has(step), `a lane of ${step} starts after one has failed`)
    if (event.kind === 'attempt-failed' && event.frame === 0) assertPaid(root, event, retries, task)
  }
}

/** No budget pays for more retries than it has. */
function assertPaid(
  root: Program,
  event: Extract<Event, { kind: 'attempt-failed' }>,
  retries: Map<string, number>,
  task: string,
): void {
  const spent = (retries.get(`${task} ${event.budget}`) ?? 0) + 1
  retries.set(`${task} ${event.budget}`, spent)
  const max = root.steps[event.step]?.retry[event.budget]?.retriesMax ?? 0
  assert(spent <= max, `retry ${spent} of ${task}, whose budget pays for ${max}`)
}

/** No step has left `pending` by a start before what it needs, and what it comes after, has ended. */
export function assertStartedInOrder(state: State): void {
  for (const frame of state.frames.values()) {
    for (const { index, needs } of frame.program.steps) {
      if (frame.status[index] === PENDING || state.stopped !== null) continue
      const sources = [...(needs?.steps ?? []), ...(frame.program.plan.steps[index]?.after ?? [])]
      for (const source of sources)
        assert((frame.status[source] ?? PENDING) >= SUCCESS, `step ${index} began before step ${source} had ended`)
    }
  }
}

/** No loop has more lanes open than it may. */
export function assertWindows(state: State): void {
  for (const frame of state.frames.values()) {
    for (const [step, loop] of frame.loops.entries()) {
      const working = loop.status.filter((status) => status !== PENDING && status < SUCCESS).length
      const parallelMax = frame.program.steps[step]?.each?.parallelMax ?? 1
      assert(working <= parallelMax, `step ${step} has ${working} lanes at work, and ${parallelMax} are allowed`)
    }
  }
}
