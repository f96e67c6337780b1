// Calls components for the tasks that a run owes, and turns whatever they answer into a fact.
// D1  A component that answers at once is done in the same turn: no promise, no timer.
// D2  Every attempt answers exactly once: its component, its time limit or the engine's end, whichever is first.
// D3  Whatever a component throws or returns fails its own step, and nothing else.
// D4  What it has logged is told as soon as it has answered, and before what it answered.
import type { Answer, Component, Components, EffectClass, ErrorInfo, FrameOutcome } from '../components/component.ts'
import { isTaskOpen, OUTCOME_UNKNOWN, timeoutError } from '../core/answers.ts'
import type { RunTask } from '../core/effects.ts'
import type { Outcome } from '../core/events.ts'
import type { Fact, FailureKind, TaskRef } from '../core/facts.ts'
import { LANES_DEFAULT, type LinkedStep, type Program } from '../plan/link.ts'
import type { Plan } from '../plan/plan.ts'
import type { Value } from '../plan/leaf.ts'
import type { Json } from '../lib/json.ts'
import type { MaybeAsync } from '../lib/maybe-async.ts'
import type { Alarms } from './alarms.ts'
import { faultOf, isThenable, requestIn } from './answered.ts'
import type { Clock } from './clock.ts'
import { shortened, toErrorInfo } from './errors.ts'
import type { LiveRun } from './live-run.ts'
import { TaskCall } from './task-call.ts'
import { isSameAttempt, limitAttempt, limitOf, unlimitAttempt } from './time-limits.ts'
import type { Values } from './values.ts'

export type DispatchPorts = {
  readonly components: Components
  readonly clock: Clock
  readonly alarms: Alarms
  readonly link: (plan: Plan) => Program
  readonly keepPlan: (program: Program) => MaybeAsync<void>
  /** The store failed. */
  readonly onFailed: (error: unknown) => void
  readonly values: Values
  readonly post: (run: LiveRun, fact: Fact) => void
}

/** Of which step's attempt a time limit is. */
type Limited = TaskRef & { readonly at: LinkedStep }

export type Dispatch = {
  /** What a task calls; `null` where there is none. */
  find(task: Limited): Component | null
  runTask(run: LiveRun, task: RunTask, nowMs: number): void
  /** Its attempt, which waits for flows, is over its time limit at `atMs`. */
  limit(run: LiveRun, task: Limited, atMs: number): void
  /** A task that must not be repeated, and of which nobody knows whether it was done, waits for a decision or fails. */
  lose(run: LiveRun, task: RunTask, component: Component): void
  /** Aborts the calls of these tasks; their answers do not matter any more. */
  cancel(run: LiveRun, tasks: readonly TaskRef[]): void
  /** Tells what calls that have not answered have logged up to now. */
  tellLogs(run: LiveRun): void
  /** Nothing more will come of this run: its calls do not count any more. */
  drop(run: LiveRun): void
  /** Calls of components that have not answered, over all runs. */
  readonly callsOpen: number
}

export function createDispatch(ports: DispatchPorts): Dispatch {
  const { components, clock, alarms, post } = ports
  let callsOpen = 0

  function runTask(run: LiveRun, task: RunTask, nowMs: number): void {
    const component = find(task)
    if (component === null) return fail(run, task, notFound(task.at.alias ?? task.at.component), 'component-failed')
    const taskCall = new TaskCall(run.id, task, nowMs)
    const input = open(run, task)
    if (input === undefined) return
    if (input instanceof Promise || task.results.length > 0) return callLater(run, taskCall, component, input)
    call(run, taskCall, component, input, false)
  }

  function find({ at, frame }: Limited): Component | null {
    return components.find(at.component, frame === 0 ? at.id : null, at.alias)
  }

  /** Calls the component. Whatever it throws or returns fails its own task, and nothing else. */
  function call(run: LiveRun, taskCall: TaskCall, component: Component, input: Json, isEntered: boolean): void {
    let answer: unknown
    let isPending: boolean
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a component's input type is its own claim
      answer = component.run(input as never, taskCall)
      isPending = isThenable(answer)
    } catch (error) {
      if (!isEntered || close(run, taskCall)) thrown(run, taskCall, error)
      return
    }
    if (!isPending) {
      if (!isEntered || close(run, taskCall)) settle(run, taskCall, component, answer)
      return
    }
    if (!isEntered) enter(run, taskCall)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just asked
    awaitAnswer(run, taskCall, component, answer as PromiseLike<unknown>)
  }

  /** What the component gets; `undefined` where that cannot be, and the task has failed. */
  function open(run: LiveRun, task: RunTask): Json | Promise<Json> | undefined {
    try {
      return ports.values.open(run, task.input)
    } catch (error) {
      fail(run, task, toErrorInfo(error), 'component-failed')
      return undefined
    }
  }

  /** The call counts as open from here on, so that it can be cancelled while its values are read. */
  function callLater(run: LiveRun, taskCall: TaskCall, component: Component, input: Json | Promise<Json>): void {
    const { task } = taskCall
    enter(run, taskCall)
    Promise.all([input, ...task.results.map((outcome) => openOutcome(run, outcome))]).then(
      ([opened, ...results]) => {
        // It may have been cut off while it waited: in memory that is known before it is stored and cancelled.
        if (!run.calls.has(taskCall) || !isTaskOpen(run.state, task)) return
        taskCall.results = results
        call(run, taskCall, component, opened, true)
      },
      (error: unknown) => {
        if (close(run, taskCall)) fail(run, task, toErrorInfo(error), 'component-failed')
      },
    )
  }

  /** How a frame ended, as plain data. */
  async function openOutcome(run: LiveRun, outcome: Outcome): Promise<FrameOutcome> {
    if (outcome.outcome === 'success')
      return { outcome: 'success', result: await ports.values.open(run, outcome.result) }
    return outcome.outcome === 'failed' ? { outcome: 'failed', error: outcome.error } : { outcome: 'skipped' }
  }

  function enter(run: LiveRun, taskCall: TaskCall): void {
    callsOpen += 1
    run.calls.add(taskCall)
    const atMs = limitOf(taskCall.task, taskCall.nowMs)
    if (atMs !== null) limit(run, taskCall.task, atMs)
  }

  function limit(run: LiveRun, task: Limited, atMs: number): void {
    limitAttempt(alarms, run, task, atMs, () => timeOut(run, task))
  }

  function awaitAnswer(run: LiveRun, taskCall: TaskCall, component: Component, promise: PromiseLike<unknown>): void {
    const rejected = (error: unknown): void => {
      if (close(run, taskCall)) thrown(run, taskCall, error)
    }
    try {
      promise.then((value) => {
        if (close(run, taskCall)) settle(run, taskCall, component, value)
      }, rejected)
    } catch (error) {
      rejected(error)
    }
  }

  function thrown(run: LiveRun, taskCall: TaskCall, error: unknown): void {
    tellLog(run, taskCall)
    fail(run, taskCall.task, toErrorInfo(error), 'component-failed')
  }

  function tellLog(run: LiveRun, taskCall: TaskCall): void {
    const { logged, task } = taskCall
    if (logged === null) return
    taskCall.logged = null
    post(run, { kind: 'task-logged', ...refOf(task), text: logged.text(run.secrets) })
  }

  /** Whether this was the first end of the call. */
  function close(run: LiveRun, taskCall: TaskCall): boolean {
    if (!run.calls.delete(taskCall)) return false
    callsOpen -= 1
    return true
  }

  function settle(run: LiveRun, taskCall: TaskCall, component: Component, answer: unknown): void {
    const { task } = taskCall
    tellLog(run, taskCall)
    const request = requestIn(answer)
    if (request === null) return admit(run, task, answer, succeed)
    settleRequest(run, taskCall, component, request)
  }

  function succeed(run: LiveRun, task: RunTask, output: Value): void {
    const { frame, step, lane, attempt, round } = task
    unlimitAttempt(run, task)
    post(run, { kind: 'task-succeeded', frame, step, lane, attempt, round, output })
  }

  function settleRequest(run: LiveRun, { task, nowMs }: TaskCall, { effect }: Component, of: Answer['of']): void {
    const ref = refOf(task)
    const fault = faultOf(of, clock.nowMs())
    if (fault !== null) return fail(run, task, fault, 'component-failed')
    if (of.kind === 'skip') {
      unlimitAttempt(run, task)
      return post(run, { kind: 'task-skipped', ...ref, reason: maskedReason(run, of.reason) })
    }
    if (of.kind === 'fail') return fail(run, task, toErrorInfo(of.error), 'component-failed')
    if (of.kind === 'wait')
      return admit(run, task, of.output, (_run, _task, output) => wait(run, task, output, of.untilMs, nowMs, effect))
    const parallelMax = of.parallelMax ?? LANES_DEFAULT
    const program = ports.link(of.plan)
    admitInputs(run, task, of.inputs, (inputs) => {
      const limitMs = limitOf(task, nowMs)
      const ask = (): void => post(run, { kind: 'frames-asked', ...ref, program, inputs, parallelMax, limitMs })
      const kept = ports.keepPlan(program)
      if (kept instanceof Promise) kept.then(ask, ports.onFailed)
      else ask()
    })
  }

  /** The core knows the limit from here on, and keeps it. */
  function wait(
    run: LiveRun,
    task: RunTask,
    output: Value,
    untilMs: number,
    beganMs: number,
    effect: EffectClass,
  ): void {
    const limitMs = limitOf(task, beganMs) ?? Number.POSITIVE_INFINITY
    unlimitAttempt(run, task)
    // What an at-most-once call has done must not be done again because its wait was too long.
    const timesOut = limitMs >= untilMs ? null : effect === 'at-most-once' ? 'fail' : 'retry'
    post(run, { kind: 'task-waits', ...refOf(task), untilMs: Math.min(limitMs, untilMs), output, timesOut })
  }

  /** What is done with it gets its arguments, so that nothing has to be made for them. */
  function admit(run: LiveRun, task: RunTask, value: unknown, use: Use): void {
    try {
      const admitted = ports.values.admit(run, value)
      if (admitted instanceof Promise)
        admitted.then(
          (later) => use(run, task, later),
          (error) => fail(run, task, toErrorInfo(error), 'component-failed'),
        )
      else use(run, task, admitted)
    } catch (error) {
      fail(run, task, toErrorInfo(error), 'component-failed')
    }
  }

  /** Each by itself: the list has to stay a list, however large it is. */
  function admitInputs(run: LiveRun, task: RunTask, given: unknown, then: (inputs: readonly Value[]) => void): void {
    const failed = (error: unknown): void => fail(run, task, toErrorInfo(error), 'component-failed')
    try {
      const admitted = ports.values.admitAll(run, Array.isArray(given) ? given : [])
      if (admitted instanceof Promise) admitted.then(then, failed)
      else then(admitted)
    } catch (error) {
      failed(error)
    }
  }

  function fail(run: LiveRun, task: TaskRef, error: ErrorInfo, how: FailureKind, mayRetry = true): void {
    unlimitAttempt(run, task)
    post(run, { kind: 'task-failed', ...refOf(task), how, error: shortened(run.secrets.maskError(error)), mayRetry })
  }

  function timeOut(run: LiveRun, task: Limited): void {
    const error = timeoutError(task.at.timeoutMs)
    for (const taskCall of run.calls.toArray())
      if (isSameAttempt(taskCall.task, task) && close(run, taskCall)) {
        taskCall.abort(new DOMException(error.message, 'TimeoutError'))
        tellLog(run, taskCall)
      }
    // Whether an at-most-once call had its effect is unknown now, so it is not made again; nor is one whose component is gone.
    const { effect } = find(task) ?? { effect: 'at-most-once' }
    fail(run, task, error, 'timed-out', effect !== 'at-most-once')
  }

  return {
    find,
    runTask,
    limit,
    lose(run, task, { onLost = 'park' }) {
      if (onLost === 'park') post(run, { kind: 'task-parked', ...refOf(task) })
      else fail(run, task, OUTCOME_UNKNOWN, 'lost', false)
    },
    cancel(run, tasks) {
      const keys = new Set(tasks.map(keyOf))
      for (const task of tasks) unlimitAttempt(run, task)
      for (const taskCall of run.calls.toArray()) {
        if (keys.has(keyOf(taskCall.task)) && close(run, taskCall))
          taskCall.abort(new DOMException('The run was stopped', 'AbortError'))
      }
    },
    tellLogs(run) {
      for (const taskCall of run.calls.toArray()) tellLog(run, taskCall)
    },
    drop(run) {
      for (const taskCall of run.calls.toArray()) close(run, taskCall)
    },
    get callsOpen() {
      return callsOpen
    },
  }
}

type Use = (run: LiveRun, task: RunTask, value: Value) => void

function maskedReason(run: LiveRun, reason: string | null): string | null {
  return reason === null ? null : run.secrets.mask(reason)
}

function refOf({ frame, step, lane, attempt, round }: TaskRef): TaskRef {
  return { frame, step, lane, attempt, round }
}

function keyOf({ frame, step, lane, attempt, round }: TaskRef): string {
  return `${frame}.${step}.${lane}.${attempt}.${round}`
}

function notFound(path: string): ErrorInfo {
  return { code: 'COMPONENT_NOT_FOUND', message: `No component at "${path}"`, isRetryable: false, isFault: true }
}
