// Compares what a file holds with what was told and with what was done.
// V1  Whatever was told is in the file, as it was told.
// V2  Whatever began has its cause in the file, and whatever is recorded as done was begun.
// V3  A key is worked on again only by a later attempt, and without a fault in between only after a failure.
import { existsSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { isOutcome } from '../../src/core/elide.ts'
import type { Event } from '../../src/core/events.ts'
import { NO_LANE } from '../../src/core/state.ts'
import type { Answered } from './answers.ts'
import type { Stored, StoredRun } from './stored.ts'
import { WORKLOADS } from './workloads.ts'

/** A line of the ledger. */
export type Begun = {
  readonly what: string
  /** `RUN.FRAME.STEP` or `RUN.FRAME.STEP.LANE`. */
  readonly key: string
  readonly attempt: number
  readonly atMs: number
  readonly process: number
}

/** Faults by kind: answers that are not in the file, work or results that are there twice, and whatever else is wrong. */
export type Verdict = {
  readonly lost: readonly string[]
  readonly twice: readonly string[]
  readonly wrong: readonly string[]
  /** Keys that were worked on again across a fault: allowed, and counted. */
  readonly repeats: number
}

export function ledgerIn(path: string): readonly Begun[] {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Begun]))
}

/** What is in the file, compared with `told` and `begun`. `isOver`: every run has to have its end. */
export function compare(stored: Stored, told: readonly Answered[], begun: readonly Begun[], isOver: boolean): Verdict {
  const { twice, repeats } = repeated(begun)
  const doubled = stored.faults.filter((fault) => /second-outcome|sequence-repeat/.test(fault))
  return {
    lost: told.flatMap((answer) => notThere(answer, stored)),
    twice: [...twice, ...doubled],
    wrong: [
      ...stored.faults.filter((fault) => !doubled.includes(fault)),
      ...causeless(stored, begun),
      ...unworked(stored, begun),
      ...(isOver ? [...stored.runs.values()].flatMap(wrongEnd) : []),
    ],
    repeats,
  }
}

function notThere(answer: Answered, { runs }: Stored): readonly string[] {
  const run = runs.get(answer.key)
  if (run === undefined || run.id !== answer.run) return [`${answer.key} was told as ${answer.run}, and is not there`]
  if (answer.kind === 'started') return []
  const end = endOf(run)
  return isDeepStrictEqual(end, { outcome: answer.outcome, told: answer.told })
    ? []
    : [`${answer.key} was told as ${JSON.stringify(answer.told)}, and is ${JSON.stringify(end)}`]
}

function endOf({ events }: StoredRun): { readonly outcome: string; readonly told: unknown } | null {
  const last = events.at(-1)
  if (last?.kind !== 'run-finished') return null
  const { outcome } = last
  return { outcome: outcome.outcome, told: outcome.outcome === 'success' ? outcome.result : null }
}

/** Each run ends as its workload says. */
function wrongEnd(run: StoredRun): readonly string[] {
  const [, kind, key] = run.key.split('.')
  const planned = WORKLOADS.find(({ name }) => name === kind)
    ?.waves.flat()
    .find((candidate) => candidate.key === key)
  const ends = planned?.ends ?? null
  const expected = ends === null ? { outcome: 'cancelled', told: null } : { outcome: 'success', told: ends }
  const end = endOf(run)
  return isDeepStrictEqual(end, expected)
    ? []
    : [`${run.key} ended as ${JSON.stringify(end)} and not as ${JSON.stringify(expected)}`]
}

/** Work that began before what led to it was stored. */
function causeless({ runs }: Stored, begun: readonly Begun[]): readonly string[] {
  const started = new Set<string>()
  for (const { id, events } of runs.values())
    for (const event of events) for (const task of tasksOf(event)) started.add(`${id}.${task}`)
  return begun.flatMap(({ key }) => (started.has(key) ? [] : [`${key} was begun, and the file does not say so`]))
}

/** What an event starts, as it stands in keys. */
function tasksOf(event: Event): readonly string[] {
  if (event.kind === 'step-started') return [`${event.frame}.${event.step}`]
  if (event.kind !== 'lanes-started') return []
  const { frame, step, from, to } = event
  return Array.from({ length: to - from }, (_, index) => `${frame}.${step}.${from + index}`)
}

/** Results of noted work that nobody did. */
function unworked({ runs }: Stored, begun: readonly Begun[]): readonly string[] {
  const keys = new Set(begun.map(({ key }) => key))
  return [...runs.values()].flatMap((run) =>
    run.events.flatMap((event) => {
      if (!isOutcome(event)) return []
      const step = run.frames.get(event.frame)?.plan.steps[event.step]
      const lane = 'lane' in event ? event.lane : NO_LANE
      const isLoop = step?.each !== null && lane === NO_LANE
      const isSuccess = event.kind === 'step-succeeded' || (event.kind === 'lane-ended' && event.cause === null)
      if (step === undefined || isLoop || !isSuccess || step.component.startsWith('/builtin/')) return []
      const key = `${run.id}.${event.frame}.${event.step}${lane === NO_LANE ? '' : `.${lane}`}`
      return keys.has(key) ? [] : [`${key} (${step.component}) has a result, and was never begun`]
    }),
  )
}

function repeated(begun: readonly Begun[]): { readonly twice: readonly string[]; readonly repeats: number } {
  const twice: string[] = []
  let repeats = 0
  for (const [key, calls] of Map.groupBy(begun, (call) => call.key)) {
    calls.forEach((call, index) => {
      const before = calls[index - 1]
      if (before === undefined) return
      const isRetry = call.what === '/flaky' && before.attempt === 1
      const isAcross = call.process !== before.process
      if (call.what === '/once') twice.push(`${key} must not be repeated, and was`)
      else if (call.attempt <= before.attempt) twice.push(`${key} was begun again as attempt ${call.attempt}`)
      else if (isAcross) repeats += 1
      else if (!isRetry) twice.push(`${key} was begun again without a fault`)
    })
  }
  return { twice, repeats }
}
