// How the steps of a run stand, told from its events: what progress shows.
import type { RunEvent } from '../../api/events.ts'
import { durationText } from '../../lib/duration-text.ts'
import { isRecord, type Json } from '../../lib/json.ts'

export type StepState = {
  readonly id: string
  state: 'pending' | 'running' | 'retrying' | 'success' | 'skipped' | 'failed'
  startedAtMs: number | null
  endedAtMs: number | null
  attempts: number
  /** Why it did not run, or what went wrong. */
  reason: string | null
  /** Of a loop: how many there are, have ended, did not succeed, and how often one was tried again. */
  items: { readonly count: number; ended: number; failed: number; retries: number } | null
}

export type Board = {
  readonly steps: ReadonlyMap<string, StepState>
  /** When the run began. */
  startedAtMs: number
  /** The step that `event` changed, where that is worth a line. */
  note(event: RunEvent): StepState | null
}

export function createBoard(ids: readonly string[]): Board {
  const steps = new Map(ids.map((id) => [id, newStep(id)]))
  return {
    steps,
    startedAtMs: 0,
    note(event) {
      if (event.kind === 'run-started') this.startedAtMs = event.atMs
      if (event.kind === 'run-stopped') for (const step of steps.values()) stop(step, event.atMs)
      if (event.kind === 'run-finished') for (const step of steps.values()) leaveOut(step)
      const step = event.at === null || event.at.frame !== 0 ? undefined : steps.get(event.at.step)
      return step !== undefined && CHANGES[event.kind]?.(step, event) === true ? step : null
    },
  }
}

function newStep(id: string): StepState {
  return { id, state: 'pending', startedAtMs: null, endedAtMs: null, attempts: 0, reason: null, items: null }
}

/** What an event changes. Whether that is worth a line of its own. Events of no consequence here are not listed. */
type Change = (step: StepState, event: RunEvent) => boolean

const CHANGES: { readonly [kind in RunEvent['kind']]?: Change } = {
  'step-started'(step, { atMs, items }) {
    const count = Number(items)
    Object.assign(step, { state: 'running', startedAtMs: atMs, attempts: 1 })
    if (count >= 0) step.items = { count, ended: 0, failed: 0, retries: 0 }
    return false
  },
  'attempt-started'(step, { at }) {
    step.state = 'running'
    if (at?.item === null) step.attempts += 1
    return false
  },
  'attempt-failed'(step, { at, atMs, error, retryAtMs }) {
    if (step.items !== null) step.items.retries += 1
    if (at?.item !== null) return false
    step.state = 'retrying'
    step.reason = `${errorText(error)}; again in ${durationText(Number(retryAtMs) - atMs)}`
    return true
  },
  'lane-ended'(step, { cause }) {
    if (step.items === null) return false
    step.items.ended += 1
    if (cause !== null) step.items.failed += 1
    return false
  },
  'step-succeeded': (step, event) => {
    const { items } = step
    return end(step, 'success', event, items === null || items.failed === 0 ? null : failedItems(items))
  },
  'step-substituted': (step, event) =>
    end(step, 'success', event, `used its default after ${reasonOf(event['cause'])}`),
  'step-skipped': (step, event) => end(step, 'skipped', event, reasonOf(event['cause'])),
  'step-failed': (step, event) => end(step, 'failed', event, reasonOf(event['cause'])),
}

function failedItems({ failed, count }: NonNullable<StepState['items']>): string {
  return `${failed} of ${count} items without success`
}

function end(step: StepState, state: StepState['state'], { atMs }: RunEvent, reason: string | null): true {
  Object.assign(step, { state, endedAtMs: atMs, reason })
  return true
}

function stop(step: StepState, atMs: number): void {
  if (step.endedAtMs !== null) return
  Object.assign(step, {
    state: step.startedAtMs === null ? 'skipped' : 'failed',
    endedAtMs: atMs,
    reason: 'the run was stopped',
  })
}

function leaveOut(step: StepState): void {
  if (step.endedAtMs === null) Object.assign(step, { state: 'skipped', reason: 'nothing needs it' })
}

/** A cause in words. */
function reasonOf(cause: Json | undefined): string {
  if (!isRecord(cause)) return ''
  const { kind, message, error, step, item } = cause
  if (kind === 'dependency-skipped') return `${textOf(step)} was skipped`
  if (kind === 'dependency-failed') return `${textOf(step)} failed`
  const text = typeof message === 'string' ? message : errorText(error)
  return typeof item === 'number' ? `item ${item}: ${text}` : text
}

function errorText(error: Json | undefined): string {
  if (!isRecord(error)) return ''
  return `${textOf(error['code'])}: ${textOf(error['message'])}`
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
