// What a run owes the world once the events that ask for it are durable. A crash is just a start: what is owed can be
// computed from the state alone (`settle`), and equals what was asked for and not yet answered.
import type { Value } from '../plan/leaf.ts'
import type { LinkedStep } from '../plan/link.ts'
import type { Outcome } from './events.ts'
import type { TaskRef } from './facts.ts'

export type Effect =
  | RunTask
  /** A task that sleeps is to be woken by `timer-fired`. */
  | {
      readonly kind: 'wake-at'
      readonly atMs: number
      readonly frame: number
      readonly step: number
      readonly lane: number
      readonly attempt: number
    }
  /** An attempt that waits for flows is over its time limit at `atMs`. */
  | (TaskRef & { readonly kind: 'limit-attempt'; readonly at: LinkedStep; readonly atMs: number })
  | { readonly kind: 'load-values'; readonly hashes: readonly string[] }
  /** The answers of these do not matter any more. */
  | { readonly kind: 'cancel-tasks'; readonly tasks: readonly TaskRef[] }
  | { readonly kind: 'tell-outcome'; readonly outcome: Outcome }

export type RunTask = TaskRef & {
  readonly kind: 'run-task'
  readonly at: LinkedStep
  readonly input: Value
  /** How the frames of the last round ended; empty in the first round. */
  readonly results: readonly Outcome[]
  /** When the attempt is over its time limit, where that is known from an earlier round. */
  readonly limitMs: number | null
}
