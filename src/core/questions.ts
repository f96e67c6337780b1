// Questions that cannot be answered yet: who waits for which steps, and when to ask again.
// Q1  A unit is asked again when a step that decides in it ends, otherwise when all its steps have ended.
// Q2  Each unit is asked and counted on its own: asking a whole input again for each of its lazy parts would be quadratic.
// Q3  What a question waits for is demanded: in a plan on demand that is what makes a step run.
import { ask, isStop, MISSING, PENDING, type Answer, type Env, type Evaluate } from '../plan/env.ts'
import { isList, Spilled } from '../plan/leaf.ts'
import type { Question } from '../plan/link.ts'
import { SUCCESS } from '../plan/status.ts'
import {
  homeOf,
  NO_LANE,
  NO_STEP,
  slotOf,
  type Asked,
  type Asker,
  type Frame,
  type Loop,
  type Waiter,
  type Watch,
} from './state.ts'
import type { Turn } from './turn.ts'

/** Asks `question`; when it is pending, or needs large values, the asker is looked at again once that may have changed. */
export function askFor(
  turn: Turn,
  question: Question,
  frame: Frame,
  step: number,
  lane: number,
  isDebt = false,
): Answer {
  const { env } = turn.state
  const answer = askIn(env, question.whole, frame, step, lane)
  if (answer === PENDING) openQuestion(turn, question, { frame, step, lane })
  else if (answer === MISSING) awaitValues(turn, env.missing, { frame, step, lane, isDebt })
  return answer
}

/** As `askFor`, for a list that is to be walked: a large one is loaded. */
export function askForList(turn: Turn, question: Question, frame: Frame, step: number, lane: number): Answer {
  const isDebt = lane !== NO_LANE
  const answer = askFor(turn, question, frame, step, lane, isDebt)
  if (!(answer instanceof Spilled)) return answer
  const loaded = turn.state.env.loaded.get(answer.hash)
  if (loaded !== undefined) return loaded
  awaitValues(turn, [answer.hash], { frame, step, lane, isDebt })
  return MISSING
}

/** Whether the items of a loop are at hand. After a replay they are not, and may have to be loaded: the asker is looked at then. */
export function hasItems(turn: Turn, loop: Loop, lane: number): boolean {
  const each = loop.frame.program.steps[loop.step]?.each ?? null
  if (loop.items !== null || each === null) return true
  const items = askForList(turn, each.items, loop.frame, loop.step, lane)
  if (isStop(items) || !isList(items)) return false
  loop.items = items
  return true
}

/**
 * Whether the items of a loop are at hand for a fact that is being decided; where a large value has to be loaded first, the
 * fact is held, and comes again by itself.
 */
export function recallsItems(turn: Turn, loop: Loop): boolean {
  const each = loop.frame.program.steps[loop.step]?.each ?? null
  if (loop.items !== null || each === null) return true
  const { env } = turn.state
  const items = ask(each.items.whole, env, loop.frame)
  const list = items instanceof Spilled ? env.loaded.get(items.hash) : items
  if (!isStop(list) && isList(list)) loop.items = list
  const missing = items instanceof Spilled ? [items.hash] : env.missing
  if (loop.items !== null || missing.length === 0) return true
  awaitValues(turn, missing, { frame: loop.frame, step: NO_STEP, lane: NO_LANE, isDebt: false })
  return false
}

/** Asks for a step, or a lane of it, with the item that it works on. */
export function askIn(env: Env, evaluate: Evaluate, frame: Frame, step: number, lane: number): Answer {
  if (lane === NO_LANE) return ask(evaluate, env, frame)
  const loop = frame.loops.get(step)
  return ask(evaluate, env, frame, loop?.items?.[lane] ?? null, lane, loop?.count ?? 0)
}

function openQuestion(turn: Turn, question: Question, asker: Asker): void {
  const { units } = question
  const asked: Asked = {
    asker,
    units,
    left: units.map(() => 0),
    times: units.map(() => 0),
    unitsLeft: units.length,
  }
  keepQuestion(asker, asked)
  if (units.length === 1) watch(turn, asked, 0)
  else units.forEach((_, unit) => askUnit(turn, asked, unit))
}

/** Asks one unit; the last one to be settled has the asker looked at again. */
function askUnit(turn: Turn, asked: Asked, unit: number): void {
  const { frame, step, lane } = asked.asker
  const evaluate = asked.units[unit]
  const answer = evaluate === undefined ? null : askIn(turn.state.env, evaluate, frame, step, lane)
  if (answer === PENDING || answer === MISSING) return watch(turn, asked, unit)
  asked.unitsLeft -= 1
}

/** Waits for the steps, and the large values, that `env` noted. */
function watch(turn: Turn, asked: Asked, unit: number): void {
  const { frame } = asked.asker
  const { pendSteps, pendDecides, missing } = turn.state.env
  const times = (asked.times[unit] ?? 0) + 1
  asked.times[unit] = times
  asked.left[unit] = pendSteps.length
  pendSteps.forEach((step, index) => {
    const entry: Watch = { asked, unit, times, decides: pendDecides[index] ?? false }
    const watchers = frame.watchers.get(step)
    if (watchers === undefined) frame.watchers.set(step, [entry])
    else watchers.push(entry)
  })
  for (const step of pendSteps) demand(turn, frame, step)
  if (missing.length > 0) awaitValues(turn, missing, { asked, unit, times, decides: true })
}

/** Tells those who wait for `step` that it has ended. */
export function notifyWatchers(turn: Turn, frame: Frame, step: number): void {
  const watchers = frame.watchers.get(step)
  if (watchers === undefined) return
  frame.watchers.delete(step)
  for (const entry of watchers) {
    const { asked, unit, times, decides } = entry
    if (asked.times[unit] !== times) continue
    const left = (asked.left[unit] ?? 0) - 1
    asked.left[unit] = left
    if (decides || left === 0) turn.reasks.push(entry)
  }
}

/** Asks again for what a watch waited for. Returns the asker when nothing of its question is pending any more. */
export function askAgain(turn: Turn, { asked, unit, times }: Watch): Asker | null {
  if (asked.times[unit] !== times || questionOf(asked.asker) !== asked) return null
  askUnit(turn, asked, unit)
  if (asked.unitsLeft > 0) return null
  dropQuestion(asked.asker)
  return asked.asker
}

/** The pending question of an asker. */
function questionOf({ frame, step, lane }: Asker): Asked | null {
  if (step === NO_STEP) return frame.outputAsked
  return homeOf(frame, step, lane)?.questions.get(slotOf(step, lane)) ?? null
}

function keepQuestion(asker: Asker, asked: Asked): void {
  const { frame, step, lane } = asker
  if (step === NO_STEP) frame.outputAsked = asked
  else homeOf(frame, step, lane)?.questions.set(slotOf(step, lane), asked)
}

function dropQuestion(asker: Asker): void {
  const { frame, step, lane } = asker
  if (step === NO_STEP) frame.outputAsked = null
  else homeOf(frame, step, lane)?.questions.delete(slotOf(step, lane))
}

/** Has `first`, and what must end before it, run. Without recursion: such chains are as long as a plan. */
export function demand(turn: Turn, frame: Frame, first: number): void {
  const { demanded, program } = frame
  if (demanded === null) return
  const open = [first]
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (demanded[step] === 1 || (frame.status[step] ?? 0) >= SUCCESS) continue
    demanded[step] = 1
    frame.left += 1
    if (frame.waiting[step] === 0) turn.lookAt(frame, step)
    else for (const source of program.requires[step] ?? []) open.push(source)
  }
}

/** Has the waiter looked at again when these large values are there. */
export function awaitValues(turn: Turn, hashes: readonly string[], waiter: Waiter): void {
  const { missing } = turn.state
  const unknown: string[] = []
  for (const hash of new Set(hashes)) {
    const waiting = missing.get(hash)
    if (waiting === undefined) {
      missing.set(hash, [waiter])
      unknown.push(hash)
    } else waiting.push(waiter)
  }
  if (unknown.length > 0) turn.effects.push({ kind: 'load-values', hashes: unknown })
}
