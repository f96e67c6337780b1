// The states of a step, or of an item of a loop, as numbers: they live in typed arrays.
// Whoever asks for an end asks `status >= SUCCESS`.

export const PENDING = 0
export const RUNNING = 1
/** Waits for a retry or for a time, and holds nothing. */
export const SLEEPING = 2
export const SUCCESS = 3
export const SKIPPED = 4
export const FAILED = 5

export type Status = 0 | 1 | 2 | 3 | 4 | 5
export type EndStatus = 3 | 4 | 5

/** As users see them: a step that sleeps is still running its attempts. */
export const STATUS_NAMES = ['pending', 'running', 'running', 'success', 'skipped', 'failed'] as const
