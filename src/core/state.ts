// What a run is at one moment. Recorded parts are written by `evolve` alone; derived parts are what `settle` rebuilds.
// Hot fields are flat and typed: a step costs a byte for its status, a lane a byte and a pointer.
import { filled } from '../lib/filled.ts'
import { Heap } from '../lib/heap.ts'
import { Sparse } from '../lib/sparse.ts'
import type { Cause, ErrorInfo } from '../plan/cause.ts'
import { Env, type Evaluate, type Scope } from '../plan/env.ts'
import type { Value } from '../plan/leaf.ts'
import type { Program } from '../plan/link.ts'
import { RUNNING } from '../plan/status.ts'
import type { Outcome } from './events.ts'
import type { Fact, FailureKind, TimesOut } from './facts.ts'

/** The lane of a step that has none. */
export const NO_LANE = -1
/** The step of what a frame itself asks: its output. */
export const NO_STEP = -1

export type State = {
  // recorded
  status: 'new' | 'running' | 'ended'
  outcome: Outcome | null
  /** How it was stopped, between that and its end. */
  stopped: Outcome | null
  startedAtMs: number
  resumes: number
  /** Of what its steps logged. */
  logCharacters: number
  readonly frames: Map<number, Frame>
  nextFrame: number
  // given
  readonly root: Program
  readonly programs: Map<string, Program>
  readonly env: Env
  // derived
  /** Steps that could start but for a slot, by `packed`. */
  readonly ready: Heap<number>
  /** Loops with lanes that could start but for a slot; a set keeps their order. */
  readonly starved: Set<Loop>
  /** Who waits for a large value, by its hash. */
  readonly missing: Sparse<Waiter[], string>
  /** Answers that wait for a large value before they can be decided on. */
  heldFacts: Fact[]
}

/**
 * Where tasks live: a frame, whose slots are its steps, or a loop, whose slots are its lanes.
 * The maps hold what few slots have.
 */
export type Home = {
  readonly status: Uint8Array
  readonly causes: Sparse<Cause>
  readonly books: Sparse<Book>
  readonly groups: Sparse<Group>
  readonly sleeps: Sparse<Sleep>
  /** Derived: what a slot asked and is pending. */
  readonly questions: Sparse<Asked>
}

/** A flow that is being run: the run's own, or one that a step asked for. */
export type Frame = Scope &
  Home & {
    readonly id: number
    readonly program: Program
    readonly parent: Parent | null
    readonly depth: number
    readonly outputs: (Value | undefined)[]
    readonly loops: Sparse<Loop>
    // derived
    readonly waiting: Int32Array
    /** Which steps were asked for; `null` where all run. */
    readonly demanded: Uint8Array | null
    readonly watchers: Sparse<Watch[]>
    outputAsked: Asked | null
    /** Steps that must end and have not. */
    left: number
  }

/** Whose work a frame is. */
export type Parent = { readonly frame: Frame; readonly step: number; readonly lane: number; readonly index: number }

export type Loop = Home & {
  readonly frame: Frame
  readonly step: number
  readonly count: number
  readonly outputs: Value[]
  ended: number
  failed: number
  // derived
  items: readonly Value[] | null
  /** The next lane that was not looked at. */
  next: number
  /** Lanes in the window: running, sleeping, or waiting. */
  open: number
  /** Lanes in the window that wait for a slot, in order, from `starvedAt`. */
  starved: number[]
  starvedAt: number
  isDirty: boolean
  /** An item has failed, and those that had not started never will. */
  isAbandoned: boolean
}

/** Failures and losses of a task; only for those that have some. */
export type Book = {
  readonly spent: number[]
  failures: number
  lost: number
  how: FailureKind
  error: ErrorInfo | null
}

/**
 * Until when a task sleeps; `output` is what it then succeeds with, `undefined` where it is tried again, and `timesOut` says that it
 * is over its time limit by then. `PARKED_MS`: until somebody decides.
 */
export type Sleep = { readonly untilMs: number; readonly output: Value | undefined; readonly timesOut: TimesOut | null }

export const PARKED_MS = Number.POSITIVE_INFINITY

/** Frames that one task asked for. */
export type Group = {
  readonly program: Program
  readonly inputs: readonly Value[]
  readonly parallelMax: number
  readonly round: number
  /** The attempt that asked, and when that is over its time limit. */
  readonly attempt: number
  readonly limitMs: number | null
  readonly results: (Outcome | undefined)[]
  readonly open: Set<Frame>
  next: number
  ended: number
}

/** Who asked: a step, a lane of it, or (`NO_STEP`) the frame for its output. */
export type Asker = { readonly frame: Frame; readonly step: number; readonly lane: number }

/** Who waits for a large value: an asker, a unit of a question, or a task in flight whose input has to be computed again. */
export type Waiter = Watch | (Asker & { readonly isDebt: boolean })

/** A question that is pending, unit by unit. */
export type Asked = {
  readonly asker: Asker
  readonly units: readonly Evaluate[]
  /** How many steps each unit waits for. */
  readonly left: number[]
  /** How often each unit was asked: a watch of an earlier time is stale. */
  readonly times: number[]
  unitsLeft: number
}

export type Watch = { readonly asked: Asked; readonly unit: number; readonly times: number; readonly decides: boolean }

/** A run that has not begun. `programs` holds those of all plans that its log names, the root's included. */
export function newState(
  root: Program,
  programs: Map<string, Program> = new Map<string, Program>().set(root.id, root),
): State {
  return {
    status: 'new',
    outcome: null,
    stopped: null,
    startedAtMs: 0,
    resumes: 0,
    logCharacters: 0,
    frames: new Map(),
    nextFrame: 0,
    root,
    programs,
    env: new Env(NOTHING),
    ready: new Heap(isLess),
    starved: new Set(),
    missing: new Sparse(),
    heldFacts: [],
  }
}

const isLess = (a: number, b: number): boolean => a < b

/** Frames inside steps have none of their own. */
export const NO_VARIABLES: ReadonlyMap<string, Value> = new Map()

/** What can be read before the first frame is there. */
const NOTHING: Scope = {
  input: null,
  status: new Uint8Array(0),
  outputs: [],
  causes: new Sparse(),
  variables: NO_VARIABLES,
}

export function newFrame(
  id: number,
  program: Program,
  input: Value,
  variables: ReadonlyMap<string, Value>,
  parent: Parent | null,
): Frame {
  return {
    id,
    program,
    input,
    variables,
    parent,
    depth: parent === null ? 0 : parent.frame.depth + 1,
    status: new Uint8Array(program.size),
    outputs: filled<Value | undefined>(program.size, undefined),
    causes: new Sparse(),
    books: new Sparse(),
    groups: new Sparse(),
    sleeps: new Sparse(),
    loops: new Sparse(),
    questions: new Sparse(),
    waiting: program.waits.slice(),
    demanded: program.onDemand ? new Uint8Array(program.size) : null,
    watchers: new Sparse(),
    outputAsked: null,
    left: program.onDemand ? 0 : program.size,
  }
}

export function newLoop(frame: Frame, step: number, count: number): Loop {
  return {
    frame,
    step,
    count,
    status: new Uint8Array(count),
    outputs: filled<Value>(count, null),
    causes: new Sparse(),
    books: new Sparse(),
    groups: new Sparse(),
    sleeps: new Sparse(),
    questions: new Sparse(),
    ended: 0,
    failed: 0,
    items: null,
    next: 0,
    open: 0,
    starved: [],
    starvedAt: 0,
    isDirty: false,
    isAbandoned: false,
  }
}

/** Where the task of a step, or of a lane of it, lives; its slot there is the step or the lane. */
export function homeOf(frame: Frame, step: number, lane: number): Home | undefined {
  return lane === NO_LANE ? frame : frame.loops.get(step)
}

/** The place of a task in its home. */
export function slotOf(step: number, lane: number): number {
  return lane === NO_LANE ? step : lane
}

/** The number of the attempt that runs or comes next, from 1. */
export function attemptOf(home: Home, slot: number): number {
  const book = home.books.get(slot)
  return book === undefined ? 1 : 1 + book.failures + book.lost
}

/** The round of the task in flight; 0 while it waits for frames and is not in flight. */
export function roundOf(home: Home, slot: number): number {
  const group = home.groups.get(slot)
  if (group === undefined) return 1
  return group.ended === group.inputs.length ? group.round + 1 : 0
}

/** When an attempt that waits for frames is over its time limit; `null`: never, or it does not wait for any. */
export function waitLimitOf(home: Home, slot: number): number | null {
  const group = home.groups.get(slot)
  return group === undefined || group.ended === group.inputs.length ? null : group.limitMs
}

/** A frame and the loops that run in it. */
export function homesOf(frame: Frame): readonly Home[] {
  return frame.loops.size === 0 ? [frame] : [frame, ...[...frame.loops.entries()].map(([, loop]) => loop)]
}

/** The open frames of a group, and all that are open inside them. */
export function* framesInside(group: Group): Generator<Frame> {
  const open = [...group.open]
  for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
    yield frame
    for (const home of homesOf(frame)) for (const [, inner] of home.groups.entries()) open.push(...inner.open)
  }
}

/** Whether a component works on this slot right now. */
export function isInFlight(home: Home, frame: Frame, slot: number): boolean {
  if (home.status[slot] !== RUNNING) return false
  if (home === frame && frame.loops.has(slot)) return false
  const group = home.groups.get(slot)
  return group === undefined || group.ended === group.inputs.length
}

const STEPS_PER_FRAME = 131_072 // above `stepsPerPlanMax`; leaves room for 2^36 frames

/** One number for a step of a frame, ordered by frame, then step. */
export function packed(frame: number, step: number): number {
  return frame * STEPS_PER_FRAME + step
}

/** The parts of such a number. */
export function unpacked(key: number): { frame: number; step: number } {
  return { frame: Math.floor(key / STEPS_PER_FRAME), step: key % STEPS_PER_FRAME }
}
