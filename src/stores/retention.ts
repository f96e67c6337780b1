// How long ended runs are kept: by how they ended, and of some flows otherwise than of the others.

/** Ages count from the end of a run. */
type Kept = {
  /** Of each end that has no age of its own. */
  readonly runsMs: number
  /** Of runs that succeeded or were skipped. */
  readonly completedRunsMs?: number
  readonly failedRunsMs: number
  readonly cancelledRunsMs?: number
  /** How many; the oldest ended runs go first. */
  readonly runsMax: number
}

/** What a flow does not say is as it is for all. */
export type FlowRetention = Partial<Kept>

export type Retention = Kept & {
  /** Of the store; the oldest ended runs go first. */
  readonly bytesMax: number
  /** By the name of a flow. Its runs count for `runsMax` of all, too. */
  readonly flows?: { readonly [flow: string]: FlowRetention }
}

const DAY_MS = 86_400_000

export const RETENTION: Retention = {
  runsMs: 30 * DAY_MS,
  failedRunsMs: 90 * DAY_MS,
  bytesMax: 10 * 2 ** 30,
  runsMax: Number.POSITIVE_INFINITY,
}

export const END_STATUSES = ['completed', 'failed', 'cancelled'] as const
export type EndStatus = (typeof END_STATUSES)[number]

/** How long a run of `flow` is kept that ended as `status`. */
export function keptMs({ flows = {}, ...all }: Retention, flow: string | null, status: EndStatus): number {
  const own = flow !== null && Object.hasOwn(flows, flow) ? flows[flow] : {}
  const { runsMs, completedRunsMs, failedRunsMs, cancelledRunsMs } = { ...all, ...own }
  return { completed: completedRunsMs, failed: failedRunsMs, cancelled: cancelledRunsMs }[status] ?? runsMs
}
