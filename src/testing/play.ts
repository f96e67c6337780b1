// Plays a run through the core alone, in a world that a seed decides: answers, failures, frames, timers, large values,
// late and repeated answers, time limits, stops and crashes. The laws hold after each turn, or it throws.
import { advance } from '../core/advance.ts'
import { isTaskOpen } from '../core/answers.ts'
import { checkLog } from '../core/check-log.ts'
import type { Effect, RunTask } from '../core/effects.ts'
import { elideStarts } from '../core/elide.ts'
import type { Event } from '../core/events.ts'
import type { Fact, TaskRef } from '../core/facts.ts'
import {
  assertOrderly,
  assertStartedInOrder,
  assertWindows,
  debtsOf,
  effectKeys,
  fingerprint,
  replay,
} from '../core/laws.ts'
import { restOf } from '../core/rest.ts'
import { attemptOf, newState, type State } from '../core/state.ts'
import { Turn } from '../core/turn.ts'
import { assert } from '../lib/assert.ts'
import type { Rng } from '../lib/rng.ts'
import { Spilled, type Value } from '../plan/leaf.ts'
import { link, type Program } from '../plan/link.ts'
import { SLEEPING } from '../plan/status.ts'
import { randomPlan } from './plans.ts'

/** What a case had in it: a simulator finds only what its workload can trigger. */
export type Seen = Record<
  | 'loop'
  | 'frame'
  | 'retry'
  | 'skip'
  | 'join'
  | 'lazy'
  | 'substitute'
  | 'large'
  | 'crash'
  | 'late'
  | 'stop'
  | 'timeout'
  | 'parked'
  | 'log',
  boolean
>

const TURNS_MAX = 5_000
const OVER = { code: 'TIMEOUT', message: 'over its time limit' }

/** Plays one random plan to its end. */
export function playRandom(rng: Rng): Seen {
  const programs = new Map<string, Program>()
  for (const [id, mayFrame, sizeMax] of [
    ['root', true, 8],
    ['inner', true, 3],
    ['leaf', false, 3],
  ] as const) {
    programs.set(id, link(id, randomPlan(rng, sizeMax, mayFrame), { lanesOf: () => 2 }))
  }
  return new World(rng, programs).play()
}

class World {
  readonly #rng: Rng
  readonly #programs: ReadonlyMap<string, Program>
  readonly #root: Program
  readonly #values = new Map<string, Value>([['big', { n: 7, list: [1, 2] }]])
  #state: State
  #turn: Turn
  #events: Event[] = []
  /** The same as a store has them: turns that were stored together have starts left out. */
  readonly #stored: Event[] = []
  #together: Event[] = []
  readonly #parked: TaskRef[] = []
  /** What was asked for when the last crash was over: nobody knows whether it was done before. */
  readonly #resumed = new Set<string>()
  /** What was asked for and not answered, by its name. */
  readonly #owed = new Map<string, Effect>()
  readonly #answered: Fact[] = []
  readonly #attempts = new Set<string>()
  readonly #parents: TaskRef[] = []
  /** The time limits of tasks that have asked for flows. */
  readonly #limits = new Map<string, { readonly attempt: number; readonly limitMs: number | null }>()
  readonly #slotsMax: number
  #nowMs = 1_000
  readonly #seen: Seen = {
    loop: false,
    frame: false,
    retry: false,
    skip: false,
    join: false,
    lazy: false,
    substitute: false,
    large: false,
    crash: false,
    late: false,
    stop: false,
    timeout: false,
    parked: false,
    log: false,
  }

  constructor(rng: Rng, programs: ReadonlyMap<string, Program>) {
    this.#rng = rng
    this.#programs = programs
    const root = programs.get('root')
    assert(root !== undefined, 'there is a root')
    this.#root = root
    this.#state = newState(root, new Map(programs))
    this.#turn = new Turn(this.#state)
    this.#slotsMax = rng.pick([1, 2, 3, 100])
    this.#seen.join = root.steps.some(({ needs }) => needs !== null)
    this.#seen.lazy = root.steps.some(({ input }) => input.units.length > 1) || root.output.units.length > 1
  }

  play(): Seen {
    this.#advance([{ kind: 'begin', input: this.#rng.chance(0.5) ? { n: 1 } : null, variables: {} }])
    for (let turns = 0; this.#state.status !== 'ended'; turns += 1) {
      assert(turns < TURNS_MAX, 'a run that can end does')
      if (this.#owed.size === 0) assert(this.#rests(), 'a run that owes nothing has ended, or waits for a decision')
      this.#step()
      this.#check()
    }
    assertOrderly(this.#root, this.#events)
    this.#checkStored()
    return this.#seen
  }

  #step(): void {
    const rng = this.#rng
    if (rng.chance(0.03)) return this.#crash()
    if (this.#parked.length > 0 && (this.#owed.size === 0 || rng.chance(0.2))) return this.#decide()
    if (rng.chance(0.05) && this.#answered.length > 0) return this.#repeat()
    if (rng.chance(0.004)) return this.#stop()
    if (rng.chance(0.05) && this.#parents.length > 0) return this.#timeOut()
    const limits = [...this.#owed.values()].filter((effect) => effect.kind === 'limit-attempt')
    if (limits.length > 0 && (limits.length === this.#owed.size || rng.chance(0.03)))
      return this.#overtime(rng.pick(limits))
    const count = 1 + (rng.chance(0.3) ? rng.below(this.#owed.size) : 0)
    const facts: Fact[] = []
    for (const [key, effect] of [...this.#owed].slice(0, 20)) {
      if (facts.length < count && rng.chance(0.6)) facts.push(...this.#answer(key, effect))
    }
    this.#advance(facts)
  }

  #advance(facts: readonly Fact[]): void {
    advance(this.#turn, this.#state, facts, {
      nowMs: this.#nowMs,
      chance: () => this.#rng.next(),
      slots: this.#slots(),
    })
    this.#nowMs += 1
    this.#collect()
    const { ready, starved, status } = this.#state
    const isStarved = status === 'running' && (ready.size > 0 || starved.size > 0)
    if (isStarved && this.#slots() > 0) this.#advance([{ kind: 'slots-freed' }])
  }

  #slots(): number {
    return this.#slotsMax - [...this.#owed.keys()].filter((key) => key.startsWith('task')).length
  }

  #collect(): void {
    for (const event of this.#turn.events.toArray()) {
      this.#events.push(event)
      this.#together.push(event)
      this.#see(event)
    }
    if (this.#rng.chance(0.5)) this.#store()
    for (const effect of this.#turn.effects.toArray()) {
      if (effect.kind === 'cancel-tasks') for (const task of effect.tasks) this.#owed.delete(attemptKey(task))
      if (effect.kind === 'run-task') this.#noteAttempt(effect)
      for (const key of effectKeys(effect))
        this.#owed.set(
          key,
          effect.kind === 'load-values' ? { kind: 'load-values', hashes: [key.slice('load '.length)] } : effect,
        )
    }
    for (const [key, effect] of this.#owed) {
      if (effect.kind === 'wake-at' && !this.#sleeps(effect)) this.#owed.delete(key)
      if (effect.kind === 'limit-attempt' && !isTaskOpen(this.#state, effect)) this.#owed.delete(key)
    }
    if (this.#state.status === 'ended') this.#owed.clear()
  }

  /** Whatever happens in between, each attempt is asked for once. */
  #noteAttempt(task: RunTask): void {
    const key = attemptKey(task)
    assert(!this.#attempts.has(key), `${key} is asked for twice`)
    this.#attempts.add(key)
    const limit = this.#limits.get(taskKey(task))
    const expected = task.round > 1 && limit?.attempt === task.attempt ? limit.limitMs : null
    assert(
      task.limitMs === expected,
      `${key} has the time limit that the attempt had when it asked, and no earlier one's`,
    )
  }

  /** A wake that found no slot is owed still; it is answered when the attempt it asks for has begun. */
  #sleeps({ frame, step, lane, attempt }: { frame: number; step: number; lane: number; attempt: number }): boolean {
    const home = lane < 0 ? this.#state.frames.get(frame) : this.#state.frames.get(frame)?.loops.get(step)
    const slot = lane < 0 ? step : lane
    return home !== undefined && home.status[slot] === SLEEPING && attemptOf(home, slot) === attempt
  }

  #answer(key: string, effect: Effect): readonly Fact[] {
    if (effect.kind === 'wake-at') {
      this.#nowMs = Math.max(this.#nowMs, effect.atMs)
      const { frame, step, lane, attempt } = effect
      return [{ kind: 'timer-fired', frame, step, lane, attempt }]
    }
    if (effect.kind === 'load-values') {
      this.#owed.delete(key)
      this.#seen.large = true
      return [
        { kind: 'values-loaded', values: new Map(effect.hashes.map((hash) => [hash, this.#values.get(hash) ?? null])) },
      ]
    }
    if (effect.kind !== 'run-task') return []
    const fact = this.#answerTask(effect)
    this.#owed.delete(key)
    if (fact.kind === 'task-parked') return [fact] // the engine says that itself, and once
    const facts = [...this.#sayings(effect), fact]
    this.#answered.push(...facts)
    return facts
  }

  #sayings({ frame, step, lane, attempt, round }: RunTask): readonly Fact[] {
    if (!this.#rng.chance(0.2)) return []
    return [{ kind: 'task-logged', frame, step, lane, attempt, round, text: `round ${round}` }]
  }

  #answerTask(task: RunTask): Fact {
    const rng = this.#rng
    const ref: TaskRef = {
      frame: task.frame,
      step: task.step,
      lane: task.lane,
      attempt: task.attempt,
      round: task.round,
    }
    if (task.at.component === '/frames' && task.round < 3 && rng.chance(task.round === 1 ? 0.7 : 0.3)) {
      const program = this.#programs.get(task.frame === 0 ? 'inner' : 'leaf')
      assert(program !== undefined, 'there is a plan for frames')
      const limitMs = task.round > 1 ? task.limitMs : rng.pick([null, this.#nowMs + 20, this.#nowMs + 1_000])
      this.#parents.push(ref)
      this.#limits.set(taskKey(ref), { attempt: ref.attempt, limitMs })
      return {
        kind: 'frames-asked',
        ...ref,
        program,
        inputs: Array.from({ length: rng.below(4) }, () => this.#output()),
        parallelMax: 1 + rng.below(2),
        limitMs,
      }
    }
    if (this.#resumed.has(attemptKey(ref)) && rng.chance(0.3)) return this.#park(ref)
    const draw = rng.next()
    if (draw < 0.6) return { kind: 'task-succeeded', ...ref, output: this.#output() }
    if (draw < 0.68) return { kind: 'task-skipped', ...ref, reason: 'because' }
    if (draw < 0.72) return { kind: 'task-lost', ...ref }
    if (draw < 0.78) return { kind: 'task-waits', ...ref, untilMs: this.#nowMs + rng.below(50), output: this.#output() }
    const error = { code: rng.pick(['BUSY', 'BROKEN']), message: 'failed' }
    return {
      kind: 'task-failed',
      ...ref,
      how: rng.pick(['component-failed', 'timed-out']),
      error,
      mayRetry: rng.chance(0.9),
    }
  }

  #output(): Value {
    return this.#rng.pick<Value>([
      null,
      false,
      1,
      '',
      { n: 1 },
      { n: null, list: [0, 1, 2] },
      [1],
      new Spilled('big', 100),
    ])
  }

  /** An answer that was given before comes once more. */
  #repeat(): void {
    this.#seen.late = true
    const before = this.#events.length
    const fact = this.#rng.pick(this.#answered)
    const isOpen = 'attempt' in fact && 'round' in fact && isTaskOpen(this.#state, fact)
    this.#advance([fact])
    if (!isOpen && this.#state.stopped === null) {
      const changed = this.#events
        .slice(before)
        .some((event) => 'step' in event && 'step' in fact && event.step === fact.step && event.frame === fact.frame)
      assert(!changed || fact.kind === 'task-failed', 'a late or repeated answer changes nothing')
    }
  }

  #store(): void {
    this.#stored.push(...elideStarts(this.#together))
    this.#together = []
  }

  /** What a store has, and what it is about to get. */
  #log(): readonly Event[] {
    this.#store()
    return this.#stored
  }

  #park(ref: TaskRef): Fact {
    this.#seen.parked = true
    this.#parked.push(ref)
    this.#attempts.delete(attemptKey(ref)) // it has not begun
    return { kind: 'task-parked', ...ref }
  }

  #rests(): boolean {
    const rest = restOf(this.#state)
    return rest !== null && rest.parked.length > 0 && rest.wakeAtMs === null
  }

  #decide(): void {
    const { frame, step, lane } = this.#parked.shift() ?? { frame: 0, step: 0, lane: 0 }
    const decision = this.#rng.pick([{ kind: 'retry' }, { kind: 'fail' }, { kind: 'done', output: { n: 1 } }] as const)
    this.#advance([{ kind: 'task-decided', frame, step, lane, decision }])
  }

  #timeOut(): void {
    this.#seen.timeout = true
    const ref = this.#rng.pick(this.#parents)
    const key = `task ${ref.frame}.${ref.step}.${ref.lane} attempt ${ref.attempt} `
    for (const owed of this.#owed.keys()) if (owed.startsWith(key)) this.#owed.delete(owed)
    this.#advance([{ kind: 'task-failed', ...ref, how: 'timed-out', error: OVER, mayRetry: true }])
  }

  /** The time limit comes before the flows that the attempt waits for have ended. */
  #overtime({ frame, step, lane, attempt, round, atMs }: Extract<Effect, { kind: 'limit-attempt' }>): void {
    this.#nowMs = Math.max(this.#nowMs, atMs)
    const ref = { frame, step, lane, attempt, round }
    this.#advance([{ kind: 'task-failed', ...ref, how: 'timed-out', error: OVER, mayRetry: true }])
  }

  #stop(): void {
    this.#seen.stop = true
    this.#advance([{ kind: 'stop-asked', how: this.#rng.pick(['cancelled', 'timed-out']), reason: null }])
  }

  /** The process ends here; another one reads the log and goes on. */
  #crash(): void {
    this.#seen.crash = true
    this.#checkStored()
    const { state, turn } = replay(this.#root, this.#programs, this.#log(), new Map())
    this.#state = state
    this.#turn = turn
    this.#owed.clear()
    this.#resumed.clear()
    this.#advance([{ kind: 'resume' }])
    for (const key of this.#owed.keys()) this.#resumed.add(key)
  }

  #check(): void {
    if (this.#state.status === 'ended') return
    assertStartedInOrder(this.#state)
    assertWindows(this.#state)
    // While a large value is awaited the live run stands where a replay that has it would not.
    if (this.#state.missing.size > 0 || !this.#rng.chance(0.4)) return
    const replayed = replay(this.#root, this.#programs, this.#log(), this.#values)
    const [live, again] = [fingerprint(this.#state), fingerprint(replayed.state)]
    assert(live === again, `a replayed run is the run that made its log:\nlive   ${live}\nreplay ${again}`)
    const owed = [...this.#owed.keys()].toSorted().join('; ')
    const debts = debtsOf(replayed).join('; ')
    assert(owed === debts, `what was asked for and not answered is what is owed:\nasked ${owed}\nowed  ${debts}`)
  }

  /** Whoever reads the store finds nothing wrong with the run. */
  #checkStored(): void {
    const last = this.#events.at(-1)
    const end = last?.kind === 'run-finished' ? last : null
    const status = { success: 'completed', skipped: 'completed', failed: 'failed', cancelled: 'cancelled' }
    const findings = checkLog({
      row: {
        plan: this.#root.id,
        status: end === null ? 'running' : status[end.outcome.outcome],
        endedAtMs: end?.atMs ?? null,
      },
      records: [{ seq: 0, events: this.#events }],
      programs: this.#programs,
    })
    assert(findings.length === 0, `nothing is found in a log: ${JSON.stringify(findings)}`)
  }

  #see(event: Event): void {
    const seen = this.#seen
    if (event.kind === 'lanes-started') seen.loop = true
    if (event.kind === 'frame-ended') seen.frame = true
    if (event.kind === 'attempt-started') seen.retry = true
    if (event.kind === 'step-skipped') seen.skip = true
    if (event.kind === 'step-substituted') seen.substitute = true
    if (event.kind === 'task-logged') seen.log = true
  }
}

function taskKey({ frame, step, lane }: TaskRef): string {
  return `${frame}.${step}.${lane}`
}

function attemptKey({ frame, step, lane, attempt, round }: TaskRef): string {
  return `task ${frame}.${step}.${lane} attempt ${attempt} round ${round}`
}
