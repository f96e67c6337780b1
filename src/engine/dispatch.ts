// Calls components for the tasks that a run owes, and turns whatever they answer into a fact.
// D1  A component that answers at once is done in the same turn: no promise, no timer.
// D2  Every attempt answers exactly once: its component, its time limit or the engine's end, whichever is first.
import { Answer, type Component, type Components, type ErrorInfo, type FrameOutcome } from '../components/component.ts'
import type { RunTask } from '../core/effects.ts'
import type { Outcome } from '../core/events.ts'
import type { Fact, FailureKind, TaskRef } from '../core/facts.ts'
import { LANES_DEFAULT, type Program } from '../plan/link.ts'
import type { Plan } from '../plan/plan.ts'
import type { Value } from '../plan/leaf.ts'
import type { Json } from '../lib/json.ts'
import type { Alarms } from './alarms.ts'
import type { Clock } from './clock.ts'
import { toErrorInfo } from './errors.ts'
import type { LiveRun } from './live-run.ts'
import { TaskCall } from './task-call.ts'
import type { Values } from './values.ts'

export type DispatchPorts = {
  readonly components: Components
  readonly clock: Clock
  readonly alarms: Alarms
  readonly link: (plan: Plan) => Program
  readonly values: Values
  readonly post: (run: LiveRun, fact: Fact) => void
}

export type Dispatch = {
  runTask(run: LiveRun, task: RunTask): void
  /** Aborts the calls of these tasks; their answers do not matter any more. */
  cancel(run: LiveRun, tasks: readonly TaskRef[]): void
  /** Calls of components that have not answered, over all runs. */
  readonly callsOpen: number
}

export function createDispatch(ports: DispatchPorts): Dispatch {
  const { components, clock, alarms, post } = ports
  let callsOpen = 0

  function runTask(run: LiveRun, task: RunTask): void {
    const component = components.find(task.at.component, task.frame === 0 ? task.at.id : null, task.at.alias)
    if (component === null) return fail(run, task, notFound(task.at.alias ?? task.at.component), 'component-failed')
    const input = open(run, task)
    if (input === undefined) return
    if (!(input instanceof Promise) && task.results.length === 0) return call(run, task, component, input, [])
    Promise.all([input, ...task.results.map((outcome) => openOutcome(run, outcome))]).then(
      ([opened, ...results]) => call(run, task, component, opened, results),
      (error) => fail(run, task, toErrorInfo(error), 'component-failed'),
    )
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

  /** How a frame ended, as plain data. */
  async function openOutcome(run: LiveRun, outcome: Outcome): Promise<FrameOutcome> {
    if (outcome.outcome === 'success')
      return { outcome: 'success', result: await ports.values.open(run, outcome.result) }
    return outcome.outcome === 'failed' ? { outcome: 'failed', error: outcome.error } : { outcome: 'skipped' }
  }

  function call(
    run: LiveRun,
    task: RunTask,
    component: Component,
    input: Json,
    results: readonly FrameOutcome[],
  ): void {
    const taskCall = new TaskCall(run.id, task, clock.nowMs(), results)
    const { timeoutMs } = task.at
    let answer: unknown
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a component's input type is its own claim
      answer = component.run(input as never, taskCall)
    } catch (error) {
      return fail(run, task, toErrorInfo(error), 'component-failed')
    }
    if (!isThenable(answer)) return settle(run, task, answer)
    callsOpen += 1
    run.calls.add(taskCall)
    if (timeoutMs !== null)
      taskCall.unlimit = alarms.set(clock.nowMs() + timeoutMs, () => timeOut(run, taskCall, component, timeoutMs))
    answer.then(
      (value) => {
        if (close(run, taskCall)) settle(run, task, value)
      },
      (error: unknown) => {
        if (close(run, taskCall)) fail(run, task, toErrorInfo(error), 'component-failed')
      },
    )
  }

  /** Whether this was the first end of the call. */
  function close(run: LiveRun, taskCall: TaskCall): boolean {
    if (!run.calls.delete(taskCall)) return false
    taskCall.unlimit?.()
    callsOpen -= 1
    return true
  }

  function settle(run: LiveRun, task: RunTask, answer: unknown): void {
    if (answer instanceof Answer) return settleAnswer(run, task, answer)
    admit(run, task, answer, (output) => succeed(run, task, output))
  }

  function succeed(run: LiveRun, { frame, step, lane, attempt, round }: RunTask, output: Value): void {
    post(run, { kind: 'task-succeeded', frame, step, lane, attempt, round, output })
  }

  function settleAnswer(run: LiveRun, task: RunTask, { of }: Answer): void {
    const ref = refOf(task)
    if (of.kind === 'skip')
      return post(run, {
        kind: 'task-skipped',
        ...ref,
        reason: of.reason === null ? null : run.secrets.mask(of.reason),
      })
    if (of.kind === 'fail') return fail(run, task, of.error, 'component-failed')
    if (of.kind === 'wait')
      return admit(run, task, of.output, (output) =>
        post(run, { kind: 'task-waits', ...ref, untilMs: of.untilMs, output }),
      )
    const parallelMax = of.parallelMax ?? LANES_DEFAULT
    const program = ports.link(of.plan)
    admit(run, task, of.inputs, (inputs) =>
      post(run, { kind: 'frames-asked', ...ref, program, inputs: Array.isArray(inputs) ? inputs : [], parallelMax }),
    )
  }

  function admit(run: LiveRun, task: RunTask, value: unknown, then: (value: Value) => void): void {
    try {
      const admitted = ports.values.admit(run, value)
      if (admitted instanceof Promise)
        admitted.then(then, (error) => fail(run, task, toErrorInfo(error), 'component-failed'))
      else then(admitted)
    } catch (error) {
      fail(run, task, toErrorInfo(error), 'component-failed')
    }
  }

  function fail(run: LiveRun, task: RunTask, error: ErrorInfo, how: FailureKind, mayRetry = true): void {
    post(run, { kind: 'task-failed', ...refOf(task), how, error: run.secrets.maskError(error), mayRetry })
  }

  function timeOut(run: LiveRun, taskCall: TaskCall, component: Component, timeoutMs: number): void {
    if (!close(run, taskCall)) return
    const error = { code: 'TIMEOUT', message: `Over its time limit of ${timeoutMs} ms` }
    taskCall.abort(new DOMException(error.message, 'TimeoutError'))
    // Whether an at-most-once call had its effect is unknown now, so it is not made again.
    fail(run, taskCall.task, error, 'timed-out', component.effect !== 'at-most-once')
  }

  return {
    runTask,
    cancel(run, tasks) {
      const keys = new Set(tasks.map(keyOf))
      for (const taskCall of run.calls) {
        if (keys.has(keyOf(taskCall.task)) && close(run, taskCall))
          taskCall.abort(new DOMException('The run was stopped', 'AbortError'))
      }
    },
    get callsOpen() {
      return callsOpen
    },
  }
}

function refOf({ frame, step, lane, attempt, round }: TaskRef): TaskRef {
  return { frame, step, lane, attempt, round }
}

function keyOf({ frame, step, lane, attempt, round }: TaskRef): string {
  return `${frame}.${step}.${lane}.${attempt}.${round}`
}

function notFound(path: string): ErrorInfo {
  return { code: 'COMPONENT_NOT_FOUND', message: `No component at "${path}"`, isRetryable: false }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
}
