// What holds the code of users, whatever it asks for. Its time and memory are asked for with each run.

/** Each of standard output and standard error. Code that writes more is stopped. */
export const logBytesMax = 1024 * 1024
/** A value as JSON; larger ones belong into blobs or files. */
export const answerBytesMax = 16 * 1024 * 1024
/** Files that the code writes, all of which are gone with it. */
export const fileBytesMax = 16 * 1024 * 1024
export const openFilesMax = 64
export const threadsMax = 32
/** Runs of code at once, of one engine; others wait. Each may take its memory. */
export const codeRunsMax = 8
/** The kernel counts CPU time in seconds, and begins with starting Python. */
export const cpuSecondsExtra = 2
export const bytesPerMb = 1024 * 1024
/** A chain of operators is nested as deep as it is long: QuickJS takes this much of the stack of its thread. */
export const javascriptStackBytesMax = 320 * 1024
