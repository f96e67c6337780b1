// Folds an event into the recorded state of a run, in place: the only writer of it.
// Live and replayed runs pass through here alike; an outcome also folds onto a task whose start was not recorded.
import { assert, unreachable } from '../lib/assert.ts'
import { aCause, type Cause } from '../plan/cause.ts'
import { isStop } from '../plan/env.ts'
import type { Value } from '../plan/leaf.ts'
import { FAILED, PENDING, RUNNING, SKIPPED, SLEEPING, SUCCESS, type EndStatus } from '../plan/status.ts'
import type { Event, Outcome } from './events.ts'
import { outcomeOf } from './outcome.ts'
import {
  attemptOf,
  framesInside,
  homeOf,
  homesOf,
  isInFlight,
  newFrame,
  newLoop,
  NO_VARIABLES,
  PARKED_MS,
  slotOf,
  type Book,
  type Frame,
  type Home,
  type Loop,
  type State,
} from './state.ts'

export function evolve(state: State, event: Event): void {
  switch (event.kind) {
    case 'run-started':
      return startRun(state, event)
    case 'step-started': {
      const frame = frameOf(state, event.frame)
      frame.status[event.step] = RUNNING
      if (event.items >= 0) frame.loops.set(event.step, newLoop(frame, event.step, event.items))
      return
    }
    case 'lanes-started': {
      const { status } = loopOf(state, event.frame, event.step)
      for (let lane = event.from; lane < event.to; lane += 1) if (status[lane] === PENDING) status[lane] = RUNNING
      return
    }
    case 'lane-ended':
      return endLane(state, event)
    case 'attempt-failed':
      return failAttempt(state, event)
    case 'attempt-lost': {
      const { home, slot } = placeOf(state, event)
      bookOf(home, slot).lost += 1
      dropGroup(state, home, slot)
      home.status[slot] = RUNNING
      return
    }
    case 'attempt-started': {
      const { home, slot } = placeOf(state, event)
      home.sleeps.delete(slot)
      home.status[slot] = RUNNING
      return
    }
    case 'task-parked':
    case 'task-unparked': {
      const { home, slot } = placeOf(state, event)
      dropGroup(state, home, slot)
      const untilMs = event.kind === 'task-parked' ? PARKED_MS : event.atMs
      home.sleeps.set(slot, { untilMs, output: undefined, timesOut: null })
      home.status[slot] = SLEEPING
      return
    }
    case 'step-waits': {
      const { home, slot } = placeOf(state, event)
      dropGroup(state, home, slot)
      home.sleeps.set(slot, { untilMs: event.untilMs, output: event.output, timesOut: event.timesOut ?? null })
      home.status[slot] = SLEEPING
      return
    }
    case 'step-succeeded':
      return endStep(state, event, SUCCESS, event.output, null)
    case 'step-substituted':
      return endStep(state, event, SUCCESS, event.output, event.cause)
    case 'step-skipped':
      return endStep(state, event, SKIPPED, undefined, event.cause)
    case 'step-failed':
      return endStep(state, event, FAILED, undefined, event.cause)
    case 'frames-asked':
      return askFrames(state, event)
    case 'frame-opened':
      return openFrame(state, event)
    case 'frame-ended':
      return endFrame(state, frameOf(state, event.child), event.outcome)
    case 'steps-reused':
      return
    case 'task-logged':
      state.logCharacters += event.text.length
      return
    case 'run-resumed':
      state.resumes += 1
      return forEachHome(state, countLost)
    case 'run-stopped':
      return stopRun(state, event)
    case 'run-finished':
      state.status = 'ended'
      state.outcome = event.outcome
      return
    default:
      return unreachable(event)
  }
}

function startRun(state: State, event: Extract<Event, { kind: 'run-started' }>): void {
  const names = Object.keys(event.variables)
  const variables = names.length === 0 ? NO_VARIABLES : new Map(Object.entries(event.variables))
  state.status = 'running'
  state.startedAtMs = event.atMs
  state.frames.set(0, newFrame(0, state.root, event.input, variables, null))
  state.nextFrame = 1
}

/** The frame with this id; events name only frames that are open. */
export function frameOf(state: State, id: number): Frame {
  const frame = state.frames.get(id)
  assert(frame !== undefined, `frame ${id} is open`)
  return frame
}

function loopOf(state: State, frame: number, step: number): Loop {
  const loop = frameOf(state, frame).loops.get(step)
  assert(loop !== undefined, `step ${step} of frame ${frame} is a loop that runs`)
  return loop
}

function placeOf(state: State, event: { frame: number; step: number; lane: number }): { home: Home; slot: number } {
  const home = homeOf(frameOf(state, event.frame), event.step, event.lane)
  assert(home !== undefined, `step ${event.step} of frame ${event.frame} has lanes`)
  return { home, slot: slotOf(event.step, event.lane) }
}

function endStep(
  state: State,
  { frame: id, step }: { frame: number; step: number },
  status: EndStatus,
  output: Value | undefined,
  cause: Cause | null,
): void {
  const frame = frameOf(state, id)
  frame.status[step] = status
  if (status === SUCCESS) frame.outputs[step] = frame.loops.get(step)?.outputs ?? output
  if (cause !== null) frame.causes.set(step, cause)
  closeSlot(state, frame, step)
  frame.loops.delete(step)
}

function endLane(state: State, event: Extract<Event, { kind: 'lane-ended' }>): void {
  const loop = loopOf(state, event.frame, event.step)
  const { lane, status, output, cause } = event
  loop.status[lane] = status
  loop.outputs[lane] = output
  loop.ended += 1
  if (cause !== null) loop.causes.set(lane, cause)
  if (status === FAILED) loop.failed += 1
  closeSlot(state, loop, lane)
}

/** A slot that has ended keeps its status, output and cause, and nothing else. */
function closeSlot(state: State, home: Home, slot: number): void {
  home.books.delete(slot)
  home.sleeps.delete(slot)
  dropGroup(state, home, slot)
}

function failAttempt(state: State, event: Extract<Event, { kind: 'attempt-failed' }>): void {
  const { home, slot } = placeOf(state, event)
  const book = bookOf(home, slot)
  book.failures += 1
  book.how = event.how
  book.error = event.error
  book.spent[event.budget] = (book.spent[event.budget] ?? 0) + 1
  dropGroup(state, home, slot)
  home.sleeps.set(slot, { untilMs: event.retryAtMs, output: undefined, timesOut: null })
  home.status[slot] = SLEEPING
}

function bookOf(home: Home, slot: number): Book {
  const known = home.books.get(slot)
  if (known !== undefined) return known
  const book: Book = { spent: [], failures: 0, lost: 0, how: 'component-failed', error: null }
  home.books.set(slot, book)
  return book
}

function askFrames(state: State, event: Extract<Event, { kind: 'frames-asked' }>): void {
  const { home, slot } = placeOf(state, event)
  const program = state.programs.get(event.plan)
  assert(program !== undefined, `plan ${event.plan} was linked before the fold`)
  const { inputs, parallelMax, limitMs = null } = event
  const round = (home.groups.get(slot)?.round ?? 0) + 1
  home.groups.set(slot, {
    program,
    inputs,
    parallelMax,
    round,
    attempt: attemptOf(home, slot),
    limitMs,
    results: Array.from({ length: inputs.length }),
    open: new Set(),
    next: 0,
    ended: 0,
  })
  home.status[slot] = RUNNING
}

function openFrame(state: State, event: Extract<Event, { kind: 'frame-opened' }>): void {
  const { home, slot } = placeOf(state, event)
  const group = home.groups.get(slot)
  assert(group !== undefined, 'frames are opened for a task that asked')
  const parent = { frame: frameOf(state, event.frame), step: event.step, lane: event.lane, index: event.index }
  const child = newFrame(event.child, group.program, group.inputs[event.index] ?? null, NO_VARIABLES, parent)
  group.open.add(child)
  group.next = event.index + 1
  state.frames.set(event.child, child)
  state.nextFrame = Math.max(state.nextFrame, event.child + 1)
}

function endFrame(state: State, child: Frame, known: Outcome | null): void {
  const { parent } = child
  assert(parent !== null, 'the root ends with its run')
  const group = homeOf(parent.frame, parent.step, parent.lane)?.groups.get(slotOf(parent.step, parent.lane))
  assert(group !== undefined, 'a frame ends before the task that asked for it')
  const outcome = known ?? outcomeOf(state.env, child)
  assert(!isStop(outcome), 'a frame that has ended has an outcome')
  group.results[parent.index] = outcome
  group.ended += 1
  group.open.delete(child)
  state.frames.delete(child.id)
}

/** Forgets the frames that a task asked for, and all inside them. */
function dropGroup(state: State, home: Home, slot: number): void {
  const group = home.groups.get(slot)
  if (group === undefined) return
  for (const frame of framesInside(group)) state.frames.delete(frame.id)
  home.groups.delete(slot)
}

function forEachHome(state: State, visit: (home: Home, frame: Frame) => void): void {
  for (const frame of state.frames.values()) for (const home of homesOf(frame)) visit(home, frame)
}

/** The process that ran them is gone: what was in flight counts one attempt more. Loops and waiting parents are not in flight. */
function countLost(home: Home, frame: Frame): void {
  for (let slot = 0; slot < home.status.length; slot += 1)
    if (isInFlight(home, frame, slot)) bookOf(home, slot).lost += 1
}

function stopRun(state: State, { how, reason }: Extract<Event, { kind: 'run-stopped' }>): void {
  const root = frameOf(state, 0)
  const code = how === 'cancelled' ? 'CANCELLED' : 'TIMEOUT'
  const message = reason ?? (how === 'cancelled' ? 'The run was cancelled' : 'The run is over its time limit')
  const stopped = aCause(how, { error: { code, message } })
  const unstarted = aCause('cancelled', { message })
  for (let step = 0; step < root.program.size; step += 1) {
    const status = root.status[step] ?? PENDING
    if (status >= SUCCESS) continue
    root.status[step] = status === PENDING ? SKIPPED : FAILED
    root.causes.set(step, status === PENDING ? unstarted : stopped)
  }
  for (const map of [root.books, root.groups, root.sleeps]) map.clear()
  state.frames.clear()
  state.frames.set(0, root)
  state.stopped =
    how === 'cancelled'
      ? { outcome: 'cancelled', reason }
      : { outcome: 'failed', error: { code, message }, step: null, item: null }
}
