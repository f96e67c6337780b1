// How a command tells its caller what became of it.

export const OK = 0
/** The flow ran and failed, or a test did. */
export const FAILED = 1
/** The flow, its input or the command line is wrong; nothing ran. */
export const WRONG = 2
/** The engine or its store failed. */
export const BROKEN = 3
/** Stopped by Ctrl-C. */
export const INTERRUPTED = 130
