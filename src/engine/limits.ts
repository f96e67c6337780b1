// Bounds of an engine and of one run. Each may be set; the defaults say why they are what they are.

export type Limits = {
  /** Calls of components at once: descriptors and memory. */
  readonly callsPerEngineMax: number
  /** The same of one run. */
  readonly callsPerRunMax: number
  /** Decisions in one turn of the event loop, and how long they may take: a chain of quick steps must keep no cancel out. */
  readonly decisionsPerTurnMax: number
  readonly turnMsMax: number
  /** How long components that are at work when an engine is closed may take to answer. */
  readonly closeMsMax: number
  /** A run that rests for longer than this leaves memory: reading it again costs about as much as storing a step. */
  readonly restMsMin: number
  /** Runs that are being begun at once; the others wait for these, and take no memory for their state. */
  readonly beginningMax: number
  /** Runs that are live at once. */
  readonly runsMax: number
}

export const LIMITS: Limits = {
  callsPerEngineMax: 1_024,
  callsPerRunMax: 256,
  decisionsPerTurnMax: 3_000, // a step is about three: its two events and its turn
  turnMsMax: 5,
  closeMsMax: 10_000,
  restMsMin: 1_000,
  beginningMax: 128,
  runsMax: 100_000,
}
